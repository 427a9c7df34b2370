package io.fastsocket.affinity.cli;

import static io.fastsocket.affinity.FuzzedText.readOrRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.fastsocket.affinity.FuzzedText;
import io.fastsocket.affinity.system.SystemRoot;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** As {@code ParserFuzzTest}: the kernel's table of TCP sockets. */
class ListenersFuzzTest {
    private static final String TIME = "15s";

    @TempDir
    static Path directory;

    @FuzzTest(maxDuration = TIME)
    void tcpSockets(byte[] input) {
        FuzzedText.write(directory.resolve("proc/net/tcp"), input);
        readOrRefused(() -> {
            try {
                RunningGroup.pidOfPort(SystemRoot.recorded(directory), 80);
            } catch (CommandFailed noProcess) {
                assertThat(noProcess).hasMessageContaining("port 80");
            }
        });
    }
}
