package io.fastsocket.perf.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcFsTest {
    private static final int PID = 77;

    @TempDir
    private Path root;

    @BeforeEach
    void recordProcess() throws IOException {
        write("stat", "77 (java) S 1 1 1 0 -1 0 0 0 0 0 150 25 0 0 20 0");
        write(
                "status",
                "Name:\tjava\nVmRSS:\t    2048 kB\nvoluntary_ctxt_switches:\t1\nnonvoluntary_ctxt_switches:\t0\n");
        write("task/77/status", "Name:\tjava\nvoluntary_ctxt_switches:\t1\nnonvoluntary_ctxt_switches:\t0\n");
        write("task/78/status", "Name:\tloop\nvoluntary_ctxt_switches:\t40\nnonvoluntary_ctxt_switches:\t2\n");
        write("fd/0", "");
        write("fd/1", "");
        write("fd/12", "");
    }

    @Test
    void countsTicksInMicroseconds() throws IOException {
        ProcessUsage usage = new ProcFs(root, 100).usage(PID);

        assertThat(usage.userMicros()).isEqualTo(1_500_000);
        assertThat(usage.systemMicros()).isEqualTo(250_000);
        assertThat(usage.cpuMicros()).isEqualTo(1_750_000);
    }

    @Test
    void takesTheLengthOfATickAsGiven() throws IOException {
        assertThat(new ProcFs(root, 1000).usage(PID).cpuMicros()).isEqualTo(175_000);
    }

    @Test
    void sumsContextSwitchesOfAllThreads() throws IOException {
        assertThat(new ProcFs(root, 100).usage(PID).contextSwitches()).isEqualTo(43);
    }

    @Test
    void skipsThreadThatEndsWhileBeingRead() throws IOException {
        Files.createDirectories(root.resolve("77/task/79"));

        assertThat(new ProcFs(root, 100).usage(PID).contextSwitches()).isEqualTo(43);
    }

    @Test
    void countsDescriptorsAndResidentMemory() throws IOException {
        ProcFs procFs = new ProcFs(root, 100);

        assertThat(procFs.openFiles(PID)).isEqualTo(3);
        assertThat(procFs.residentBytes(PID)).isEqualTo(2048 * 1024);
    }

    @Test
    void addsProcessesThatItHasStartedAndTheirs() throws IOException {
        write("task/78/children", "80 ");
        write(80, "stat", "80 (worker) S 77 1 1 0 -1 0 0 0 0 0 10 5 0 0 20 0");
        write(80, "status", "VmRSS:\t    1024 kB\n");
        write(80, "task/80/status", "voluntary_ctxt_switches:\t7\n");
        write(80, "task/80/children", "81 ");
        write(81, "stat", "81 (worker) S 80 1 1 0 -1 0 0 0 0 0 1 0 0 0 20 0");
        write(81, "status", "VmRSS:\t    1024 kB\n");
        write(81, "task/81/status", "voluntary_ctxt_switches:\t1\n");

        ProcFs procFs = new ProcFs(root, 100);
        assertThat(procFs.usage(PID)).isEqualTo(new ProcessUsage(1_610_000, 300_000, 43 + 7 + 1));
        assertThat(procFs.residentBytes(PID)).isEqualTo(4096 * 1024);
    }

    @Test
    void saysThatThereIsNoSuchProcess() {
        assertThatThrownBy(() -> new ProcFs(root, 100).usage(78)).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void readsThisProcess() throws Exception {
        ProcFs procFs = ProcFs.ofThisMachine();
        long pid = ProcessHandle.current().pid();

        assertThat(procFs.usage(pid).cpuMicros()).isPositive();
        assertThat(procFs.usage(pid).contextSwitches()).isPositive();
        assertThat(procFs.openFiles(pid)).isPositive();
        assertThat(procFs.residentBytes(pid)).isPositive();
    }

    private void write(String file, String text) throws IOException {
        write(PID, file, text);
    }

    private void write(int pid, String file, String text) throws IOException {
        Path path = root.resolve(Integer.toString(pid)).resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
