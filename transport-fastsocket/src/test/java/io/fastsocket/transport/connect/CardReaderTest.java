package io.fastsocket.transport.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.affinity.RssConfig.FlowType;
import io.fastsocket.affinity.RssMap;
import io.fastsocket.affinity.system.SystemRoot;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a recorded card with 8 queues, each on the CPU of its number. */
class CardReaderTest {
    private static final Path MACHINE =
            Path.of("../affinity-config/src/test/resources/machines/virtio-8-queues-rss.zip");
    /** Of queue 3, in that recording. */
    private static final int IRQ = 31;

    @TempDir
    Path root;

    private CardReader reader;

    @BeforeEach
    void unpack() throws IOException {
        try (InputStream archive = Files.newInputStream(MACHINE);
                ZipInputStream machine = new ZipInputStream(archive)) {
            for (ZipEntry entry = machine.getNextEntry(); entry != null; entry = machine.getNextEntry()) {
                Path file = root.resolve(entry.getName());
                Files.createDirectories(entry.isDirectory() ? file : file.getParent());
                if (!entry.isDirectory()) {
                    Files.copy(machine, file);
                }
            }
        }
        reader = new CardReader(SystemRoot.recorded(root), "eth0", FlowType.TCP4);
    }

    @Test
    void readsTheCpuOfEachEntryOfTheTable() {
        assertThat(cpus(read()))
                .containsExactlyElementsOf(
                        IntStream.range(0, 128).map(i -> i % 8).boxed().toList());
    }

    @Test
    void noticesAnInterruptThatMovedWhereTheTableIsTheSame() throws IOException {
        RssMap before = read();
        for (String file : List.of("smp_affinity_list", "effective_affinity_list")) {
            Files.writeString(root.resolve("proc/irq/" + IRQ + "/" + file), "6\n");
        }

        RssMap after = read();

        assertThat(after.isSameAs(before)).isFalse();
        assertThat(cpus(after).subList(0, 8)).containsExactly(0, 1, 2, 6, 4, 5, 6, 7);
    }

    private RssMap read() {
        return reader.get().toOptional().orElseThrow();
    }

    private static List<Integer> cpus(RssMap map) {
        return IntStream.range(0, map.indirectionSize()).map(map::cpuAt).boxed().toList();
    }
}
