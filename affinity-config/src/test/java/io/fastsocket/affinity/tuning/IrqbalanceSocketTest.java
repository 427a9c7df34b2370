package io.fastsocket.affinity.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fastsocket.affinity.Interrupts;
import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.system.SystemRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Speaks with a real irqbalance, in a mount namespace in which it can move no interrupt. */
@Tag("namespace")
class IrqbalanceSocketTest {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final IrqbalanceSocket socket = new IrqbalanceSocket(SystemRoot.live());
    private Process irqbalance;
    private List<String> irqs;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        irqs = Interrupts.read(SystemRoot.live()).toOptional().orElseThrow().lines().values().stream()
                .filter(line -> line.name().startsWith("virtio"))
                .map(line -> String.valueOf(line.irq()))
                .limit(2)
                .toList();
        assertThat(irqs).hasSize(2);
        Files.createDirectories(Path.of("/run/irqbalance"));
        irqbalance = new ProcessBuilder(
                        "unshare",
                        "-m",
                        "sh",
                        "-c",
                        "mount --bind /proc/irq /proc/irq && mount -o remount,ro,bind /proc/irq"
                                + " && exec irqbalance --foreground --interval=1")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("irqbalance.log").toFile())
                .start();
        await().atMost(DEADLINE).until(() -> socket.bans() instanceof Answer.Known);
    }

    @AfterEach
    void stop() throws InterruptedException {
        irqbalance.destroy();
        assertThat(irqbalance.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void readsBackTheBansItSetAndTookAway() throws IOException {
        assertThat(socket.bans()).isEqualTo(Answer.known(""));

        socket.ban(String.join(" ", irqs));
        await().atMost(DEADLINE)
                .untilAsserted(() -> assertThat(socket.bans()).isEqualTo(Answer.known(String.join(" ", irqs))));

        socket.ban("");
        await().atMost(DEADLINE).untilAsserted(() -> assertThat(socket.bans()).isEqualTo(Answer.known("")));
    }
}
