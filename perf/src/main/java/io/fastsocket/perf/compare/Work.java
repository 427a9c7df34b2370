package io.fastsocket.perf.compare;

import io.fastsocket.perf.server.ServerKind;
import io.fastsocket.perf.server.ServerRole;

/** What the load asks a server to do, over and over: one small {@code GET}. */
public enum Work {
    /** A connection per request: the client says {@code Connection: close}, the server closes first. */
    NEW("new", ServerRole.HTTP, "/", true),
    /** The load's connections are opened once and carry requests one after the other, none pipelined. */
    KEEPALIVE("keepalive", ServerRole.HTTP, "/", false),
    /** As {@link #KEEPALIVE}, {@value #PIPELINE_DEPTH} requests at a time. */
    PIPELINE("pipeline", ServerRole.HTTP, "/", false),
    /** As {@link #KEEPALIVE}, a body of 1 KiB. */
    BODY_1K("1k", ServerRole.HTTP, "/bytes/1024", false),
    /** As {@link #KEEPALIVE}, a body of 64 KiB. */
    BODY_64K("64k", ServerRole.HTTP, "/bytes/65536", false),
    /** As {@link #KEEPALIVE}, a file of 1 MiB. */
    FILE("file", ServerRole.HTTP, "/files/1048576", false),
    /** A connection per request with the whole TLS handshake. */
    TLS_FULL("tls-full", ServerRole.HTTPS, "/", true),
    /** A connection per request that resumes its TLS session. */
    TLS_RESUMED("tls-resumed", ServerRole.HTTPS, "/", true),
    /** As {@link #KEEPALIVE} over TLS. */
    TLS_KEEPALIVE("tls-keepalive", ServerRole.HTTPS, "/", false),
    /** A reverse proxy: a connection per request on both of its sides. */
    PROXY_NEW("proxy-new", ServerRole.PROXY_NEW, "/", true),
    /** A reverse proxy: connections are kept on both of its sides. */
    PROXY_KEEPALIVE("proxy-keepalive", ServerRole.PROXY, "/", false),
    /** A reverse proxy: connections are kept, and each body is 1 MiB. */
    PROXY_STREAM("proxy-stream", ServerRole.PROXY, "/bytes/1048576", false);

    /** Requests under way on a connection with {@link #PIPELINE}. */
    static final int PIPELINE_DEPTH = 16;

    private final String label;
    private final ServerRole role;
    private final String path;
    private final boolean newConnections;

    Work(String label, ServerRole role, String path, boolean newConnections) {
        this.label = label;
        this.role = role;
        this.path = path;
        this.newConnections = newConnections;
    }

    /** The name in options, tables and JSON. */
    public String label() {
        return label;
    }

    /** What the server must be to do it. */
    public ServerRole role() {
        return role;
    }

    /** What is asked for. */
    String path() {
        return path;
    }

    /** Whether each request has a connection of its own. */
    boolean newConnections() {
        return newConnections;
    }

    /** Requests under way on a connection at a time, at most. */
    int pipelineDepth() {
        return this == PIPELINE ? PIPELINE_DEPTH : 1;
    }

    /** Whether connections resume the TLS session of an earlier one. */
    boolean resumesTls() {
        return this != TLS_FULL;
    }

    /** Whether a server can do it: HAProxy answers by itself with no more than a buffer of 16 KiB, and not all serve files. */
    public boolean suits(ServerKind kind) {
        return kind.supports(role)
                && switch (this) {
                    case BODY_64K -> kind != ServerKind.HAPROXY;
                    case FILE -> kind.servesFiles();
                    default -> true;
                };
    }

    @Override
    public String toString() {
        return label;
    }
}
