package io.fastsocket.transport.engine;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The engines this build knows, best first. */
public final class Engines {
    /** Default size of an io_uring submission queue, in entries: the incubator's own default. */
    public static final int RING_SIZE_DEFAULT = 4096;

    /** Largest submission queue the kernel makes, in entries: IORING_MAX_ENTRIES, io_uring_setup(2). */
    public static final int RING_SIZE_MAX = 32768;

    private Engines() {}

    /**
     * The ladder for a wish: all engines for {@link Engine#AUTO}, else the one named.
     *
     * @param ringSizeEntries entries of each io_uring submission queue, 1 to {@link #RING_SIZE_MAX}
     */
    public static List<LoopEngine> ladder(Engine wish, int ringSizeEntries) {
        LoopEngine uring = new IoUringEngine(ringSizeEntries, IoUringGuards.ALL_ON);
        LoopEngine epoll = new EpollEngine();
        LoopEngine nio = new NioEngine();
        return switch (wish) {
            case AUTO -> List.of(uring, epoll, nio);
            case IO_URING -> List.of(uring);
            case EPOLL -> List.of(epoll);
            case NIO -> List.of(nio);
        };
    }

    /** Asks a transport why it is not there; a missing jar is an answer too. */
    static Optional<Throwable> causeOf(Supplier<@Nullable Throwable> question) {
        if (!LoopEngine.isLinux()) {
            return Optional.of(new UnsupportedOperationException("needs Linux"));
        }
        try {
            return Optional.ofNullable(question.get());
        } catch (LinkageError missing) {
            return Optional.of(missing);
        }
    }
}
