package io.fastsocket.transport;

import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.engine.Engines;
import io.fastsocket.transport.engine.LoopEngine;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether this process can have what the project is for: a listener per core that the kernel chooses by receiving
 * CPU. Where it cannot, a {@link FastSocketEventLoopGroup} still works, on NIO.
 */
public final class FastSocket {
    private FastSocket() {}

    /** True when one of the native engines can be used. */
    public static boolean isAvailable() {
        return unavailabilityCause() == null;
    }

    /** Why no native engine can be used, with the cause of each; null when one can. */
    public static @Nullable Throwable unavailabilityCause() {
        UnsupportedOperationException none = new UnsupportedOperationException(
                "no native engine: expected Linux, and netty-incubator-transport-native-io_uring or"
                        + " netty-transport-native-epoll for this processor on the class path; fix: see the causes");
        for (LoopEngine engine : Engines.ladder(Engine.AUTO, Engines.RING_SIZE_DEFAULT)) {
            if (engine.engine() == Engine.NIO) {
                continue;
            }
            Optional<Throwable> cause = engine.unavailabilityCause();
            if (cause.isEmpty()) {
                return null;
            }
            none.addSuppressed(cause.get());
        }
        return none;
    }

    /**
     * Fails when no native engine can be used.
     *
     * @throws UnsatisfiedLinkError when {@link #isAvailable()} is false, with the reason as its cause
     */
    public static void ensureAvailability() {
        Throwable cause = unavailabilityCause();
        if (cause != null) {
            throw (Error) new UnsatisfiedLinkError("no native engine can be used").initCause(cause);
        }
    }
}
