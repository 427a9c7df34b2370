package io.fastsocket.examples.proxy;

/** Which Host field an upstream gets. */
public enum HostHeader {
    /** The client's. */
    CLIENT,
    /** The upstream's own host and port. */
    UPSTREAM
}
