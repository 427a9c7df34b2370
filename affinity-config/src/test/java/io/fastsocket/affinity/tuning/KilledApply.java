package io.fastsocket.affinity.tuning;

import com.sun.jna.Function;
import io.fastsocket.affinity.system.SystemRoot;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;

/** A process that applies or undoes, and sends itself SIGKILL before a step; exit code 0 says that it came to its end. */
public final class KilledApply {
    private static final int SIGKILL = 9;

    private KilledApply() {}

    /** Arguments: root, state directory, interface, apply or undo, and the number of the step to die before. */
    public static void main(String[] args) throws Exception {
        AtomicInteger left = new AtomicInteger(Integer.parseInt(args[4]));
        Steps dying = what -> {
            if (left.getAndDecrement() == 0) {
                Function.getFunction("c", "kill")
                        .invokeInt(new Object[] {(int) ProcessHandle.current().pid(), SIGKILL});
            }
        };
        SystemRoot root = args[0].equals("/") ? SystemRoot.live() : SystemRoot.recorded(Path.of(args[0]));
        try (JournalDirectory journals = JournalDirectory.open(Path.of(args[1]), dying)) {
            Tuner tuner = new Tuner(root, new SystemTunables(root), journals, Clock.systemUTC(), dying);
            if (args[3].equals("apply")) {
                tuner.apply(wish(args[2]), Journal.State.APPLIED);
            } else {
                Optional<Journal> newest = journals.newest();
                if (newest.isPresent()) {
                    tuner.undo(newest.get());
                }
            }
        }
    }

    static TuningWish wish(String interfaceName) {
        return new TuningWish(
                List.of(interfaceName),
                TuningWish.Purpose.PROXY,
                Optional.empty(),
                false,
                TuningWish.Rps.AUTO,
                OptionalInt.empty());
    }
}
