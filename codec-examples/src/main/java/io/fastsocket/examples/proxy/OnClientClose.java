package io.fastsocket.examples.proxy;

/**
 * What becomes of a request whose client has ended its side while it waits for the answer. A client that only has nothing
 * more to send and one that has closed look the same.
 */
public enum OnClientClose {
    /** It is answered: whoever shut one side may be reading on the other. */
    FINISH,
    /** The client is taken for gone, and the upstream's connection is closed. */
    ABORT
}
