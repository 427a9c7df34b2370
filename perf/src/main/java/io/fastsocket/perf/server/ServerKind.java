package io.fastsocket.perf.server;

import java.util.Arrays;
import java.util.Optional;

/** A server that can be put under load: one engine, either behind this project's group or as stock Netty ships it. */
public enum ServerKind {
    FASTSOCKET_IO_URING(true, "io_uring"),
    FASTSOCKET_EPOLL(true, "epoll"),
    FASTSOCKET_NIO(true, "nio"),
    STOCK_IO_URING(false, "io_uring"),
    STOCK_EPOLL(false, "epoll"),
    STOCK_NIO(false, "nio");

    private final boolean fastSocket;
    private final String engine;

    ServerKind(boolean fastSocket, String engine) {
        this.fastSocket = fastSocket;
        this.engine = engine;
    }

    /** Whether this project's group runs it: a pinned loop and a listener per CPU. */
    public boolean isFastSocket() {
        return fastSocket;
    }

    /** The engine's name as the {@code --engine} option takes it. */
    public String engine() {
        return engine;
    }

    /** The name in options, tables and JSON, such as {@code stock-io_uring}. */
    public String label() {
        return (fastSocket ? "fastsocket-" : "stock-") + engine;
    }

    /** The stock server on the same engine: what this one is compared with. Empty for the stock servers themselves. */
    public Optional<ServerKind> stockTwin() {
        return fastSocket
                ? Arrays.stream(values())
                        .filter(kind -> !kind.fastSocket && kind.engine.equals(engine))
                        .findFirst()
                : Optional.empty();
    }

    @Override
    public String toString() {
        return label();
    }
}
