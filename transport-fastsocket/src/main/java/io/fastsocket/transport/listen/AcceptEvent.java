package io.fastsocket.transport.listen;

/** What is counted on the way in, by the loop whose listener it happens on. */
public enum AcceptEvent {
    /** A connection was taken from the listener's queue. */
    ACCEPTED,
    /** Its packets arrive on the CPU (or the core) of the loop that accepted it. */
    ACCEPTED_LOCAL,
    /** Its packets arrive elsewhere. Neither this nor local: the CPU could not be read. */
    ACCEPTED_REMOTE,
    /** It was given to the loop of the CPU that receives its packets. */
    HANDED_OVER,
    /** accept(2) failed. */
    ACCEPT_ERRORS,
    /** The listener stopped accepting for a moment because a limit was reached. */
    ACCEPT_PAUSES
}
