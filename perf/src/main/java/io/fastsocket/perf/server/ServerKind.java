package io.fastsocket.perf.server;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** A server that can be put under load. All of them answer {@code GET /} with the same text, or pass it on. */
public enum ServerKind {
    FASTSOCKET_IO_URING(Family.FASTSOCKET, "io_uring"),
    FASTSOCKET_EPOLL(Family.FASTSOCKET, "epoll"),
    FASTSOCKET_NIO(Family.FASTSOCKET, "nio"),
    STOCK_IO_URING(Family.STOCK, "io_uring"),
    STOCK_EPOLL(Family.STOCK, "epoll"),
    STOCK_NIO(Family.STOCK, "nio"),
    STOCK_IO_URING_REUSEPORT(Family.STOCK_REUSEPORT, "io_uring"),
    STOCK_EPOLL_REUSEPORT(Family.STOCK_REUSEPORT, "epoll"),
    STOCK_NIO_REUSEPORT(Family.STOCK_REUSEPORT, "nio"),
    NETTY42_IO_URING(Family.NETTY42, "io_uring"),
    NETTY42_EPOLL(Family.NETTY42, "epoll"),
    NETTY42_IO_URING_REUSEPORT(Family.NETTY42_REUSEPORT, "io_uring"),
    NETTY42_EPOLL_REUSEPORT(Family.NETTY42_REUSEPORT, "epoll"),
    VERTX(Family.VERTX, "epoll"),
    REACTOR_NETTY(Family.REACTOR_NETTY, "epoll"),
    NGINX(Family.NGINX, "epoll"),
    HAPROXY(Family.HAPROXY, "epoll"),
    FLOOR_IO_URING(Family.FLOOR, "io_uring"),
    FLOOR_EPOLL(Family.FLOOR, "epoll");

    /** What a server is built from. */
    public enum Family {
        /** This project's group: a pinned loop and a steered listener per CPU. */
        FASTSOCKET,
        /** Netty 4.1 as it ships, one listener. */
        STOCK,
        /** Netty 4.1, one listener per loop, bound by hand; the kernel's hash chooses. */
        STOCK_REUSEPORT,
        /** Netty 4.2 as it ships, one listener. */
        NETTY42,
        /** Netty 4.2, one listener per loop, bound by hand; the kernel's hash chooses. */
        NETTY42_REUSEPORT,
        VERTX,
        REACTOR_NETTY,
        NGINX,
        HAPROXY,
        /** A C program that does what cannot be left out: a pinned thread and a steered listener per CPU. */
        FLOOR
    }

    private final Family family;
    private final String engine;

    ServerKind(Family family, String engine) {
        this.family = family;
        this.engine = engine;
    }

    /** What it is built from. */
    public Family family() {
        return family;
    }

    /** The engine's name as the {@code --engine} option takes it. */
    public String engine() {
        return engine;
    }

    /** The roles it can play, {@link ServerRole#HTTP} always among them. */
    public Set<ServerRole> roles() {
        return switch (family) {
            case FASTSOCKET, STOCK, NETTY42, NGINX, HAPROXY -> EnumSet.allOf(ServerRole.class);
            case STOCK_REUSEPORT, NETTY42_REUSEPORT -> EnumSet.of(ServerRole.HTTP, ServerRole.HTTPS);
            case VERTX, REACTOR_NETTY, FLOOR -> EnumSet.of(ServerRole.HTTP);
        };
    }

    /** Whether it can play a role. */
    public boolean supports(ServerRole role) {
        return roles().contains(role);
    }

    /** Whether it answers {@code /files/N}. Stock Netty has no way to send a file on io_uring, and HAProxy has none at all. */
    public boolean servesFiles() {
        return switch (family) {
            case FASTSOCKET, NETTY42, NETTY42_REUSEPORT, NGINX -> true;
            case STOCK, STOCK_REUSEPORT -> !engine.equals("io_uring");
            case VERTX, REACTOR_NETTY, HAPROXY, FLOOR -> false;
        };
    }

    /** Whether it runs in a JVM. */
    public boolean isJvm() {
        return switch (family) {
            case FASTSOCKET, STOCK, STOCK_REUSEPORT, NETTY42, NETTY42_REUSEPORT, VERTX, REACTOR_NETTY -> true;
            case NGINX, HAPROXY, FLOOR -> false;
        };
    }

    /** The name in options, tables and JSON, such as {@code stock-io_uring}. */
    public String label() {
        return switch (family) {
            case FASTSOCKET -> "fastsocket-" + engine;
            case STOCK -> "stock-" + engine;
            case STOCK_REUSEPORT -> "stock-" + engine + "-reuseport";
            case NETTY42 -> "netty42-" + engine;
            case NETTY42_REUSEPORT -> "netty42-" + engine + "-reuseport";
            case VERTX -> "vertx";
            case REACTOR_NETTY -> "reactor-netty";
            case NGINX -> "nginx";
            case HAPROXY -> "haproxy";
            case FLOOR -> "floor-" + engine;
        };
    }

    /** The stock server on the same engine: what this project's is compared with. Empty for all others. */
    public Optional<ServerKind> stockTwin() {
        return family == Family.FASTSOCKET
                ? Arrays.stream(values())
                        .filter(kind -> kind.family == Family.STOCK && kind.engine.equals(engine))
                        .findFirst()
                : Optional.empty();
    }

    @Override
    public String toString() {
        return label();
    }
}
