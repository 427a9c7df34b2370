package io.fastsocket.transport.engine;

/**
 * Which kind of Netty event loop carries the connections. Serves every step of both flows.
 *
 * <p>{@link #AUTO} takes the first of {@link #IO_URING}, {@link #EPOLL}, {@link #NIO} that this process can really
 * start. Asking for one of the three by name and not getting it is an error.
 */
public enum Engine {
    /** The first of the three below that starts. */
    AUTO("auto"),
    /** Netty's io_uring incubator with this project's guards. Linux 5.9 or later, see io_uring(7). */
    IO_URING("io_uring"),
    /** Netty's native epoll transport, see epoll(7). */
    EPOLL("epoll"),
    /** Netty's NIO transport. Runs everywhere, but can steer only by the kernel's hash. */
    NIO("nio");

    private final String label;

    Engine(String label) {
        this.label = label;
    }

    /** The name used on command lines, in tables and in meters, for example {@code io_uring}. */
    public String label() {
        return label;
    }
}
