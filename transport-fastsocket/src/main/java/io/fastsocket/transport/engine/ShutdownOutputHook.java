package io.fastsocket.transport.engine;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.incubator.channel.uring.IOUringEventLoop;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Lets us hear of {@code shutdownOutput()} on an io_uring channel, which passes no handler. The incubator's class is final and
 * carries a compiler-made method that calls its parent's; it is loaded with that method renamed and one that calls us in its place.
 * When somebody else has loaded the class before, or the JVM refuses, channels shut down their output at once, as they always did.
 */
final class ShutdownOutputHook {
    /** Of the class in the incubator's jar, beside {@link IOUringEventLoop}. */
    private static final String CLASS_FILE = "IOUringSocketChannel.class";

    private static final InternalLogger logger = InternalLoggerFactory.getInstance(ShutdownOutputHook.class);

    /** {@code (Channel, ChannelPromise) -> ChannelFuture}: what the incubator does by itself. */
    private static final @Nullable MethodHandle AT_ONCE = install();

    private ShutdownOutputHook() {}

    /** Whether we are asked. The first call installs the hook: it must come before the incubator's class is used. */
    static boolean isInstalled() {
        return AT_ONCE != null;
    }

    private static @Nullable MethodHandle install() {
        try (InputStream original = IOUringEventLoop.class.getResourceAsStream(CLASS_FILE)) {
            if (original == null) {
                logger.debug(
                        "No {} beside {}: shutdownOutput() does not wait for writes",
                        CLASS_FILE,
                        IOUringEventLoop.class);
                return null;
            }
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(IOUringEventLoop.class, MethodHandles.lookup());
            Class<?> hooked = lookup.defineClass(HookedClassFile.of(original.readAllBytes()));
            BiFunction<Channel, ChannelPromise, ChannelFuture> hook = ShutdownOutputHook::shutdownOutput;
            hooked.getField(HookedClassFile.HOOK_FIELD).set(null, hook);
            return lookup.findVirtual(
                            hooked,
                            HookedClassFile.RENAMED_METHOD,
                            MethodType.methodType(ChannelFuture.class, ChannelPromise.class))
                    .asType(MethodType.methodType(ChannelFuture.class, Channel.class, ChannelPromise.class));
        } catch (IOException | ReflectiveOperationException | RuntimeException | LinkageError refused) {
            logger.debug("No hook in the incubator's channel: shutdownOutput() does not wait for writes", refused);
            return null;
        }
    }

    private static ChannelFuture shutdownOutput(Channel channel, ChannelPromise promise) {
        EventLoop loop = channel.eventLoop();
        if (loop.inEventLoop()) {
            shutdownOutputOnLoop(channel, promise);
        } else {
            loop.execute(() -> shutdownOutputOnLoop(channel, promise));
        }
        return promise;
    }

    private static void shutdownOutputOnLoop(Channel channel, ChannelPromise promise) {
        IoUringGuard guard = channel.pipeline().get(IoUringGuard.class);
        if (guard == null || !guard.endOutput(promise)) {
            atOnce(channel, promise);
        }
    }

    /** What was not written fails, as on every engine. Called on the channel's loop. */
    static void atOnce(Channel channel, ChannelPromise promise) {
        MethodHandle atOnce = AT_ONCE;
        if (atOnce == null) {
            throw new IllegalStateException("not installed");
        }
        try {
            ChannelFuture same = (ChannelFuture) atOnce.invokeExact(channel, promise);
            assert same == promise;
        } catch (RuntimeException | Error broken) {
            throw broken;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
