package io.fastsocket.examples;

import io.netty.channel.EventLoop;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A loop that does nothing for a while. */
public final class BusyLoop {
    private BusyLoop() {}

    /** Runs something meanwhile: what arrives then meets the loop all at once. */
    public static void run(EventLoop loop, Callable<?> something) throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        loop.execute(() -> {
            busy.countDown();
            try {
                over.await(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            if (!busy.await(10, TimeUnit.SECONDS)) {
                throw new AssertionError("the loop did not begin a task within 10 s");
            }
            something.call();
        } finally {
            over.countDown();
        }
    }
}
