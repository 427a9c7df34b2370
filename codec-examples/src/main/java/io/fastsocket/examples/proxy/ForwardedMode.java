package io.fastsocket.examples.proxy;

/** What becomes of {@code Forwarded} and {@code X-Forwarded-*}. */
public enum ForwardedMode {
    /** What this proxy knows is added behind what the client sent: right behind another proxy. */
    APPEND,
    /** What the client sent is removed: right where clients are not to be trusted. */
    REPLACE,
    /** Nothing is added and nothing is removed. */
    OFF
}
