package io.fastsocket.transport.listen;

/**
 * What is counted on the way in, by the loop whose listener it happens on; a connection that a listener of others took, by the loop it
 * lives on.
 */
public enum AcceptEvent {
    /** A connection was registered with a loop. */
    ACCEPTED,
    /** It lives where it was accepted, and its packets arrive on the CPU (or the core) of that loop. */
    ACCEPTED_LOCAL,
    /** Its packets arrive at another loop, or it lives at another one than they do. */
    ACCEPTED_REMOTE,
    /** Where its packets arrive could not be read, or no loop is pinned there. */
    ACCEPTED_UNKNOWN,
    /** It was given to the loop of the CPU that receives its packets. */
    HANDED_OVER,
    /** accept(2) failed. */
    ACCEPT_ERRORS,
    /** The listener stopped accepting for a moment: the process has no file left (EMFILE). */
    PAUSED_BY_PROCESS_FILES,
    /** The same: the system has no file left (ENFILE). */
    PAUSED_BY_SYSTEM_FILES,
    /** The same: no memory for another socket (ENOBUFS, ENOMEM). */
    PAUSED_BY_MEMORY,
    /** The same, for another reason. */
    PAUSED_OTHERWISE
}
