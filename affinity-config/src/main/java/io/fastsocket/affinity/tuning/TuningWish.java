package io.fastsocket.affinity.tuning;

import io.fastsocket.affinity.Layout;
import java.util.List;
import java.util.Optional;

/**
 * What the machine is for.
 *
 * @param interfaceNames the interfaces that the traffic comes through, at least one
 * @param purpose what runs on it
 * @param layout where the loops are, if that is fixed; empty: one loop per queue, on the queue's CPU
 * @param onePerCore whether a queue goes to the first CPU of a core only, so that the others stay free
 */
public record TuningWish(List<String> interfaceNames, Purpose purpose, Optional<Layout> layout, boolean onePerCore) {
    /** What runs on the machine. */
    public enum Purpose {
        /** Connections come in. */
        WEB_SERVER,
        /** Connections come in, and for each of them others go out. */
        PROXY
    }
}
