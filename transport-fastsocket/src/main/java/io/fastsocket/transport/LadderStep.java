package io.fastsocket.transport;

import java.util.List;

/** The parts of the ladder that a group goes down step by step instead of failing. */
public enum LadderStep {
    /** Which event loops run. */
    ENGINE("engine", "io_uring", "epoll", "nio"),
    /** Where they run. */
    PLACEMENT("placement", "pinned", "partly-pinned", "unpinned"),
    /** What chooses the listener of a new connection; {@code none} while no server channel is bound. */
    STEERING("steering", "receiving-cpu", "incoming-cpu", "kernel-hash", "one-listener", "none"),
    /** How source ports are chosen; {@code none} before the first connection that a port could be chosen for. */
    FLOW_DELIVERY("flow-delivery", "port-bits", "computed", "learned", "any", "off", "none");

    static final String NONE = "none";

    private final String label;

    @SuppressWarnings("ImmutableEnumChecker") // List.of
    private final List<String> rungs;

    LadderStep(String label, String... rungs) {
        this.label = label;
        this.rungs = List.of(rungs);
    }

    /** The name in {@link Capability} and in meters. */
    public String label() {
        return label;
    }

    /** All that can be in force, the best first. */
    public List<String> rungs() {
        return rungs;
    }
}
