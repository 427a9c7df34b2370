package io.fastsocket.transport.connect;

/** What is counted on the way out, for each loop and {@link FlowMode}, by the loop that connects. */
public enum FlowEvent {
    /** A connection was opened from a port of this mode. */
    CHOSEN,
    /** Its first bytes arrived on the CPU (or the core) of the loop that opened it. */
    HIT,
    /** They arrived elsewhere. */
    MISSED,
    /** No connection came of it: refused, not answered, no port left. */
    FAILED,
    /** No port of this mode was to be had, and any port was taken. */
    FALLBACK,
    /** Ports that were tried, those that were in use included. */
    ATTEMPTS
}
