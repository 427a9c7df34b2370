package io.fastsocket.examples.cli;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Says when a command that serves is to stop: at SIGTERM and SIGINT, or when {@link #stop} is called; and at the second one, that it is
 * to wait for nothing any more. Safe for use by any thread.
 */
final class StopSignal {
    private static final InternalLogger logger = InternalLoggerFactory.getInstance(StopSignal.class);

    /** A server stops within less, besides the time it asks for; a hook that waits longer hides a hang. */
    private static final long EXIT_SECONDS_MAX = 20;

    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch exit = new CountDownLatch(1);
    private final CompletableFuture<Void> atOnce = new CompletableFuture<>();
    private final AtomicInteger signals = new AtomicInteger();
    private volatile int exitCode;
    private volatile long allowedSeconds;

    /** A signal that only {@link #stop} gives. */
    StopSignal() {}

    /** The signal of this process: from here on SIGTERM and SIGINT end the command first and the JVM after it. */
    static StopSignal ofProcess() {
        StopSignal signal = new StopSignal();
        Runtime.getRuntime().addShutdownHook(new Thread(signal::stopAndExit, "stop"));
        signal.handle("TERM", 128 + 15);
        signal.handle("INT", 128 + 2);
        return signal;
    }

    /** The JVM itself takes no notice of a second signal. By reflection, because the compiler warns about these classes. */
    private void handle(String name, int code) {
        try {
            Class<?> signalClass = Class.forName("sun.misc.Signal");
            Class<?> handlerClass = Class.forName("sun.misc.SignalHandler");
            Object handler = Proxy.newProxyInstance(
                    StopSignal.class.getClassLoader(), new Class<?>[] {handlerClass}, (proxy, method, arguments) -> {
                        received(code);
                        return null;
                    });
            signalClass
                    .getMethod("handle", signalClass, handlerClass)
                    .invoke(null, signalClass.getConstructor(String.class).newInstance(name), handler);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            logger.debug("SIG{} has the JVM's own handler: a second one is not noticed", name, e);
        }
    }

    private void received(int code) {
        switch (signals.incrementAndGet()) {
            case 1 -> new Thread(() -> System.exit(code), "signal").start();
            case 2 -> stopAtOnce();
            default -> Runtime.getRuntime().halt(code);
        }
    }

    void stop() {
        stop.countDown();
    }

    /** Stops, and waits for nothing. */
    void stopAtOnce() {
        atOnce.complete(null);
        stop.countDown();
    }

    /** Done when nothing is to be waited for any more. */
    CompletionStage<?> atOnce() {
        return atOnce;
    }

    boolean isAtOnce() {
        return atOnce.isDone();
    }

    /** Waits for so long, or until that. */
    void awaitAtOnce(Duration bound) throws InterruptedException {
        try {
            atOnce.get(bound.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException over) {
            logger.debug("waited for {}", bound);
        } catch (ExecutionException e) {
            throw new IllegalStateException("never completed with a failure", e);
        }
    }

    /** Allows the command this much more time to stop, for requests that are under way. */
    void allow(Duration time) {
        allowedSeconds = time.toSeconds();
    }

    void await() throws InterruptedException {
        stop.await();
    }

    /** Ends the JVM with the code, whether or not a signal is ending it already. */
    void exit(int code) {
        exitCode = code;
        exit.countDown();
        System.exit(code);
    }

    private void stopAndExit() {
        stop();
        try {
            if (exit.await(allowedSeconds + EXIT_SECONDS_MAX, TimeUnit.SECONDS)) {
                // A stop in good order is a success; without this the JVM reports the signal.
                Runtime.getRuntime().halt(exitCode);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
