package io.fastsocket.perf.compare;

import java.util.List;

/** What the load asks a server to do. The request itself is the same: one small {@code GET}. */
public enum Work {
    /** A connection per request: the client says {@code Connection: close}, the server closes first. */
    NEW("new"),
    /** The load's connections are opened once and carry requests one after the other, none pipelined. */
    KEEPALIVE("keepalive");

    private final String label;

    Work(String label) {
        this.label = label;
    }

    /** The name in options, tables and JSON. */
    public String label() {
        return label;
    }

    List<String> wrkOptions() {
        return switch (this) {
            case NEW -> List.of("-H", "Connection: close");
            case KEEPALIVE -> List.of();
        };
    }

    @Override
    public String toString() {
        return label;
    }
}
