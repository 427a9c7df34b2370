package io.fastsocket.transport;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.channel.EventLoop;
import io.netty.channel.SelectStrategy;
import io.netty.incubator.channel.uring.IOUringEventLoop;
import java.lang.reflect.Field;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.slf4j.LoggerFactory;

/** Ends a loop's thread by an Error of the loop itself, which neither a task nor a handler can do. */
public final class LoopKiller {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private LoopKiller() {}

    /** The loop ends by {@code cause} in one of its next turns. */
    public static void kill(EventLoop loop, Error cause) {
        if (loop instanceof IOUringEventLoop) {
            killRing(loop, cause);
            return;
        }
        SelectStrategy broken = (select, hasTasks) -> {
            throw cause;
        };
        loop.execute(() -> set(loop, "selectStrategy", broken));
    }

    /** The incubator catches whatever is thrown, and logs it: what kills it is that this fails, too, as without memory. */
    private static void killRing(EventLoop loop, Error cause) {
        Logger log = (Logger) LoggerFactory.getLogger(IOUringEventLoop.class);
        AppenderBase<ILoggingEvent> broken = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                if (loop.inEventLoop()) {
                    log.detachAppender(this);
                    throw cause;
                }
            }
        };
        broken.setContext(log.getLoggerContext());
        broken.start();
        log.addAppender(broken);
        loop.execute(() -> set(loop, "callback", throwingAfter(get(loop, "callback"))));
        // Each call completes a read of the ring's own.
        Awaitility.await("the loop ends").atMost(DEADLINE).until(() -> {
            try {
                loop.execute(() -> {});
                return loop.isShuttingDown();
            } catch (RejectedExecutionException ended) {
                return true;
            }
        });
    }

    /** The ring's handler of completions, which goes wrong once, when it has done its work, so that the ring can still be closed. */
    private static Object throwingAfter(Object handler) {
        AtomicBoolean thrown = new AtomicBoolean();
        return Proxy.newProxyInstance(
                handler.getClass().getClassLoader(),
                handler.getClass().getInterfaces(),
                (proxy, method, completion) -> {
                    method.setAccessible(true);
                    method.invoke(handler, completion);
                    if (thrown.compareAndSet(false, true)) {
                        throw new IllegalStateException("the ring is broken");
                    }
                    return null;
                });
    }

    private static Object get(EventLoop loop, String field) {
        try {
            Field inside = loop.getClass().getDeclaredField(field);
            inside.setAccessible(true);
            return inside.get(loop);
        } catch (ReflectiveOperationException changed) {
            throw new LinkageError("another version of Netty", changed);
        }
    }

    private static void set(EventLoop loop, String field, Object value) {
        try {
            Field inside = loop.getClass().getDeclaredField(field);
            inside.setAccessible(true);
            inside.set(loop, value);
        } catch (ReflectiveOperationException changed) {
            throw new LinkageError("another version of Netty", changed);
        }
    }
}
