package io.fastsocket.affinity.tuning;

import io.fastsocket.affinity.InterfaceName;
import io.fastsocket.affinity.Layout;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the machine is for.
 *
 * @param interfaceNames the interfaces that the traffic comes through, at least one
 * @param purpose what runs on it
 * @param layout where the loops are, if that is fixed; empty: one loop per queue, on the queue's CPU
 * @param onePerCore whether a queue goes to the first CPU of a core only, so that the others stay free
 * @param rps whether packets are spread in software
 * @param coalesceMicros how long the card waits before it interrupts for a received packet; empty: as the driver has it
 */
public record TuningWish(
        List<String> interfaceNames,
        Purpose purpose,
        Optional<Layout> layout,
        boolean onePerCore,
        Rps rps,
        OptionalInt coalesceMicros) {
    private static final int COALESCE_MICROS_MAX = 10_000;

    /** What runs on the machine. */
    public enum Purpose {
        /** Connections come in. */
        WEB_SERVER,
        /** Connections come in, and for each of them others go out. */
        PROXY
    }

    /** Receive packet steering. */
    public enum Rps {
        /** Where a card has fewer queues than there are CPUs; never on software devices, whose packets were steered before. */
        AUTO,
        /** Wherever there are fewer queues than CPUs. */
        ON,
        /** Nowhere. */
        OFF
    }

    /** @throws IllegalArgumentException if no interface is named, a name is none, or the time is not 0 to 10000 */
    public TuningWish {
        interfaceNames = List.copyOf(interfaceNames);
        interfaceNames.forEach(InterfaceName::require);
        if (interfaceNames.isEmpty()) {
            throw new IllegalArgumentException("cannot plan: interfaces=[] (expected at least one): nothing to look at;"
                    + " fix: name an interface that `ip link` shows");
        }
        if (coalesceMicros.isPresent()
                && (coalesceMicros.getAsInt() < 0 || coalesceMicros.getAsInt() > COALESCE_MICROS_MAX)) {
            throw new IllegalArgumentException("cannot plan coalescing: micros=" + coalesceMicros.getAsInt()
                    + " (expected 0.." + COALESCE_MICROS_MAX + "): packets would wait too long; fix: try 50");
        }
    }
}
