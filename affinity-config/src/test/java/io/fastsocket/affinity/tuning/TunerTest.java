package io.fastsocket.affinity.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastsocket.affinity.Machine;
import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.system.SystemFileException;
import io.fastsocket.affinity.system.SystemRoot;
import io.fastsocket.affinity.tuning.Journal.State;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TunerTest {
    private static final String INTERFACE = "eth0";
    private static final int KILLED = 128 + 9;
    private static final int STEPS_MAX = 200;

    @TempDir
    Path directory;

    private Path machine;
    private Path state;

    @BeforeEach
    void unpack() {
        machine = directory.resolve("machine");
        state = directory.resolve("state");
        Machine.unpack("smt-2-queues", machine);
    }

    // ---- there and back

    @Test
    void putsEveryFileBackAsItWas() throws Exception {
        Map<String, String> before = tree();

        Optional<Journal> journal = apply();
        assertThat(journal).isPresent();
        assertThat(tree()).isNotEqualTo(before);
        undo();

        assertThat(tree()).isEqualTo(before);
    }

    @Test
    void writesNothingASecondTime() throws Exception {
        apply();
        Map<String, String> applied = tree();

        assertThat(apply()).isEmpty();
        assertThat(tree()).isEqualTo(applied);
        assertThat(JournalDirectory.read(state)).hasSize(1);
    }

    @Test
    void putsBackWhatAHandChangedSinceAndNamesIt() throws Exception {
        Map<String, String> before = tree();
        apply();
        Files.writeString(machine.resolve("proc/irq/61/smp_affinity_list"), "5\n");

        List<Restored> restored = undo();

        assertThat(tree()).isEqualTo(before);
        assertThat(restored)
                .contains(new Restored(
                        new Setting.KernelFile("/proc/irq/61/smp_affinity_list"),
                        Optional.of("5"),
                        Optional.of("0-7")));
    }

    @Test
    void putsAllBackWhenAStepFails() throws Exception {
        Map<String, String> before = tree();
        SystemRoot root = SystemRoot.recorded(machine);
        Tunables failing = new FailingTunables(new SystemTunables(root), 5);

        try (JournalDirectory journals = JournalDirectory.open(state)) {
            assertThatThrownBy(() -> new Tuner(root, failing, journals, Clock.systemUTC())
                            .apply(KilledApply.wish(INTERFACE), State.APPLIED))
                    .isInstanceOf(TuningException.class)
                    .hasMessage("no (all was put back as it was)");
        }

        assertThat(tree()).isEqualTo(before);
        assertThat(JournalDirectory.read(state)).extracting(Journal::state).containsExactly(State.UNDONE);
    }

    // ---- journals and locks

    @Test
    void letsOneProcessAtATimeChangeSettings() throws Exception {
        try (JournalDirectory held = JournalDirectory.open(state)) {
            assertThatThrownBy(() -> JournalDirectory.open(state))
                    .isInstanceOf(TuningException.class)
                    .hasMessageContaining(
                            "is held by process " + ProcessHandle.current().pid());
            assertThat(held.all()).isEmpty();
        }
        JournalDirectory.open(state).close();
    }

    @Test
    void refusesHalfAJournalAndNamesTheFile() throws Exception {
        Journal journal = apply().orElseThrow();
        Path file = state.resolve(journal.id() + ".json");
        String text = Files.readString(file);
        Files.writeString(file, text.substring(0, text.length() / 2));

        assertThatThrownBy(() -> JournalDirectory.read(state))
                .isInstanceOf(SystemFileException.class)
                .hasMessageStartingWith("cannot read the journal " + file + ":")
                .hasMessageContaining("fix: ");
    }

    @Test
    void refusesAJournalThatWouldWriteElsewhere() throws Exception {
        Journal journal = apply().orElseThrow();
        Path file = state.resolve(journal.id() + ".json");
        Files.writeString(
                file, Files.readString(file).replace("/proc/sys/net/core/somaxconn", "/proc/sys/kernel/core_pattern"));

        assertThatThrownBy(() -> JournalDirectory.read(state))
                .isInstanceOf(SystemFileException.class)
                .hasMessageContaining("path=\"/proc/sys/kernel/core_pattern\"");
    }

    @Test
    void restoresNothingOfTheKernelAfterAReboot() throws Exception {
        Journal journal = apply().orElseThrow();
        Map<String, String> applied = tree();
        Path file = state.resolve(journal.id() + ".json");
        Files.writeString(file, Files.readString(file).replace("\"bootId\" : \"unknown\"", "\"bootId\" : \"another\""));

        assertThat(undo()).isEmpty();
        assertThat(tree()).isEqualTo(applied);
    }

    @Test
    void refusesToUndoInAnotherNetworkNamespace() throws Exception {
        Journal journal = apply().orElseThrow();
        Path file = state.resolve(journal.id() + ".json");
        Files.writeString(
                file,
                Files.readString(file)
                        .replace("\"networkNamespace\" : \"unknown\"", "\"networkNamespace\" : \"net:[1]\""));

        assertThatThrownBy(this::undo)
                .isInstanceOf(TuningException.class)
                .hasMessageContaining("is of network namespace net:[1]");
    }

    // ---- killed

    @Test
    void isPutBackByteForByteWhereverSigkillEndsAnApply() throws Exception {
        Map<String, String> before = tree();
        int step = 0;
        while (run("apply", step) == KILLED) {
            undo();
            assertThat(tree())
                    .describedAs("killed before step %d of apply", step)
                    .isEqualTo(before);
            step++;
            assertThat(step).isLessThan(STEPS_MAX);
        }
        // Two of the journal before the first setting, and two after the last one.
        assertThat(step).isGreaterThan(10);
    }

    @Test
    void isPutBackByteForByteWhereverSigkillEndsAnUndo() throws Exception {
        Map<String, String> before = tree();
        int killed = 0;
        for (int step = 0; step < STEPS_MAX; step++) {
            apply();
            if (run("undo", step) != KILLED) {
                break;
            }
            killed++;
            // The first two write it down.
            assertThat(JournalDirectory.read(state))
                    .extracting(Journal::state)
                    .contains(step < 2 ? State.APPLIED : State.UNDOING);
            undo();
            assertThat(tree())
                    .describedAs("killed before step %d of undo", step)
                    .isEqualTo(before);
        }
        assertThat(killed).isGreaterThan(8);
        assertThat(tree()).isEqualTo(before);
    }

    private int run(String what, int step) throws Exception {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledApply.class.getName(),
                        machine.toString(),
                        state.toString(),
                        INTERFACE,
                        what,
                        String.valueOf(step))
                .redirectErrorStream(true)
                .redirectOutput(new File(directory.toFile(), "output"))
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .describedAs(Files.readString(directory.resolve("output")))
                .isIn(0, KILLED);
        return process.exitValue();
    }

    // ----

    private Optional<Journal> apply() throws TuningException {
        SystemRoot root = SystemRoot.recorded(machine);
        try (JournalDirectory journals = JournalDirectory.open(state)) {
            return new Tuner(root, new SystemTunables(root), journals, Clock.systemUTC())
                    .apply(KilledApply.wish(INTERFACE), State.APPLIED);
        }
    }

    private List<Restored> undo() throws TuningException {
        SystemRoot root = SystemRoot.recorded(machine);
        try (JournalDirectory journals = JournalDirectory.open(state)) {
            Optional<Journal> newest = journals.newest();
            return newest.isEmpty()
                    ? List.of()
                    : new Tuner(root, new SystemTunables(root), journals, Clock.systemUTC()).undo(newest.get());
        }
    }

    /** Every file of the machine and its text. */
    private Map<String, String> tree() throws IOException {
        Map<String, String> tree = new TreeMap<>();
        try (Stream<Path> files = Files.walk(machine)) {
            files.filter(Files::isRegularFile).forEach(file -> {
                try {
                    tree.put(file.toString(), Files.readString(file));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
        return tree;
    }

    /** Refuses one write, as a driver does. */
    private static final class FailingTunables implements Tunables {
        private final Tunables real;
        private int left;

        FailingTunables(Tunables real, int left) {
            this.real = real;
            this.left = left;
        }

        @Override
        public Answer<String> read(Setting setting) {
            return real.read(setting);
        }

        @Override
        public void write(Setting setting, Optional<String> value) throws TuningException {
            if (left-- == 0) {
                throw new TuningException("no");
            }
            real.write(setting, value);
        }
    }
}
