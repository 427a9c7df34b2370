package io.fastsocket.perf.server;

/** What a server does for its clients. */
public enum ServerRole {
    /** Answers over plain TCP. */
    HTTP,
    /** Gives the same answers over TLS 1.3 or 1.2, with a self-signed certificate; sessions may be resumed. */
    HTTPS,
    /** Passes each request on to an origin, over connections that are kept for the next. */
    PROXY,
    /** Passes each request on to an origin, over a new connection for each; those of clients are kept all the same. */
    PROXY_NEW;

    /** Whether it needs an origin. */
    public boolean isProxy() {
        return this == PROXY || this == PROXY_NEW;
    }
}
