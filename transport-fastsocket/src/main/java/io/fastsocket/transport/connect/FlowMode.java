package io.fastsocket.transport.connect;

/** How a connection's source port came to be: the rungs of {@link FlowDelivery}, best first. */
public enum FlowMode {
    /** By its bits, which an XDP program delivers by. */
    PORT_BITS("port-bits"),
    /** Computed from the card's receive hash. */
    COMPUTED("computed"),
    /** Learned from earlier connections. */
    LEARNED("learned"),
    /** Any port: what is left when there is no choice. */
    ANY("any");

    private final String label;

    FlowMode(String label) {
        this.label = label;
    }

    /** The name in tables and meters. */
    public String label() {
        return label;
    }
}
