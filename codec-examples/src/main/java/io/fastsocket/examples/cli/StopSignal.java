package io.fastsocket.examples.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Says when a command that serves is to stop: at SIGTERM and SIGINT, or when {@link #stop} is called. Safe for use by any
 * thread.
 */
final class StopSignal {
    /** A server stops within less, besides the time it asks for; a hook that waits longer hides a hang. */
    private static final long EXIT_SECONDS_MAX = 20;

    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch exit = new CountDownLatch(1);
    private volatile int exitCode;
    private volatile long allowedSeconds;

    /** A signal that only {@link #stop} gives. */
    StopSignal() {}

    /** The signal of this process: from here on SIGTERM and SIGINT end the command first and the JVM after it. */
    static StopSignal ofProcess() {
        StopSignal signal = new StopSignal();
        Runtime.getRuntime().addShutdownHook(new Thread(signal::stopAndExit, "stop"));
        return signal;
    }

    void stop() {
        stop.countDown();
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
