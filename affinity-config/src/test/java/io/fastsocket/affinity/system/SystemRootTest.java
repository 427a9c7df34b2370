package io.fastsocket.affinity.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are not what the kernel would have put there. */
class SystemRootTest {
    @TempDir
    Path directory;

    private Path machine;
    private SystemRoot root;

    @BeforeEach
    void recordAMachine() throws IOException {
        machine = Files.createDirectories(directory.resolve("machine"));
        Files.writeString(directory.resolve("secret"), "not of this machine");
        root = SystemRoot.recorded(machine);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/../secret", "/sys/../../secret", "/sys/..", "secret", "/sys/\0"})
    void refusesANameThatCouldLeadAnywhere(String name) {
        assertThatThrownBy(() -> root.value(name))
                .isInstanceOf(SystemFileException.class)
                .hasMessageContaining("expected an absolute name without ..");
    }

    @Test
    void followsNoLinkOutOfTheMachine() throws IOException {
        Files.createSymbolicLink(machine.resolve("file"), directory.resolve("secret"));
        Files.createSymbolicLink(machine.resolve("directory"), directory);

        for (String name : new String[] {"/file", "/directory/secret"}) {
            assertThatThrownBy(() -> root.value(name))
                    .isInstanceOf(SystemFileException.class)
                    .hasMessageContaining("a symbolic link leads out of it");
        }
        assertThatThrownBy(() -> root.names("/directory")).isInstanceOf(SystemFileException.class);
    }

    @Test
    void readsALinkWithinTheMachine() throws IOException {
        Files.writeString(machine.resolve("file"), "here\n");
        Files.createSymbolicLink(machine.resolve("link"), Path.of("file"));
        Files.createSymbolicLink(machine.resolve("dangling"), Path.of("nothing"));

        assertThat(root.value("/link")).isEqualTo(Answer.known("here"));
        assertThat(root.value("/dangling")).isInstanceOf(Answer.Unsupported.class);
    }

    @Test
    void doesNotOpenAFifo() throws Exception {
        Process mkfifo = new ProcessBuilder("mkfifo", machine.resolve("fifo").toString()).start();
        assertThat(mkfifo.waitFor(10, TimeUnit.SECONDS)).isTrue();

        assertThatThrownBy(() -> root.value("/fifo"))
                .isInstanceOf(SystemFileException.class)
                .hasMessageContaining("it is of another kind");
    }

    @Test
    void refusesALongValueAndNul() throws IOException {
        byte[] text = new byte[SystemRoot.VALUE_BYTES_MAX];
        Arrays.fill(text, (byte) 'x');
        Files.write(machine.resolve("longest"), text);
        Files.write(machine.resolve("longer"), Arrays.copyOf(text, text.length + 1));
        Files.write(machine.resolve("nul"), new byte[10]);

        assertThat(root.value("/longest").toOptional())
                .hasValueSatisfying(value -> assertThat(value).hasSize(SystemRoot.VALUE_BYTES_MAX));
        assertThatThrownBy(() -> root.value("/longer"))
                .hasMessageContaining("file=\"/longer\" (expected at most " + SystemRoot.VALUE_BYTES_MAX + " bytes)");
        assertThatThrownBy(() -> root.value("/nul")).hasMessageContaining("it holds a NUL");
    }

    @Test
    void readsNoMoreOfAZipBombThanAFileMayHave() throws IOException {
        Path archive = directory.resolve("bomb.zip");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
            zip.putNextEntry(new ZipEntry("proc/interrupts"));
            writeZeros(zip, SystemRoot.BYTES_MAX + 1L);
        }
        assertThat(Files.size(archive)).isLessThan(1 << 20);

        try (SystemRoot bomb = SystemRoot.recorded(archive)) {
            assertThatThrownBy(() -> bomb.lines("/proc/interrupts"))
                    .isInstanceOf(SystemFileException.class)
                    .hasMessageContaining("expected at most " + SystemRoot.BYTES_MAX + " bytes");
        }
    }

    @Test
    void refusesWhatIsNoRecordedMachine() throws IOException {
        Path text = Files.writeString(directory.resolve("text.zip"), "no archive");

        for (Path place : new Path[] {text, directory.resolve("missing")}) {
            assertThatThrownBy(() -> SystemRoot.recorded(place))
                    .isInstanceOf(SystemFileException.class)
                    .hasMessageStartingWith("cannot read a recorded machine: root=")
                    .hasMessageContaining("; fix: ");
        }
    }

    private static void writeZeros(OutputStream out, long count) throws IOException {
        byte[] zeros = new byte[1 << 16];
        for (long left = count; left > 0; left -= zeros.length) {
            out.write(zeros, 0, (int) Math.min(left, zeros.length));
        }
    }
}
