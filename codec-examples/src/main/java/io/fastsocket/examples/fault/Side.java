package io.fastsocket.examples.fault;

import java.util.Locale;

/** Whose fault it was. */
public enum Side {
    /** Of a connection that was accepted. */
    CLIENT,
    /** Of a connection that a proxy opened. */
    UPSTREAM,
    /** Of a connection to the port of the meters. */
    METRICS;

    /** As a tag of a meter has it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
