package io.fastsocket.examples.metrics;

import io.netty.channel.EventLoop;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * Descriptors that are held for the moment in which the process has no other: given up, one becomes the connection of a probe. Taken
 * back as soon as one is free. More than one, because another thread may be the first to get one that is free. Used on one event loop.
 */
final class SpareDescriptors {
    private static final InternalLogger logger = InternalLoggerFactory.getInstance(SpareDescriptors.class);

    private static final int COUNT = 4;

    /** Much sooner than listeners that rest because of the same shortage try again. */
    private static final long RETRY_MILLIS = 2;

    private final EventLoop loop;
    private final Deque<FileChannel> held = new ArrayDeque<>(COUNT);
    private boolean waiting;
    private boolean closed;

    SpareDescriptors(EventLoop loop) {
        this.loop = loop;
    }

    /** Whether there are as many as there should be. */
    boolean isWhole() {
        return held.size() == COUNT;
    }

    /** Holds as many as there should be, now or when there are. */
    void take() {
        if (closed || waiting) {
            return;
        }
        try {
            while (held.size() < COUNT) {
                held.push(FileChannel.open(Path.of("/dev/null"), StandardOpenOption.READ));
            }
        } catch (IOException none) {
            logger.trace("no spare descriptor for now", none);
            if (!loop.isShuttingDown()) {
                waiting = true;
                loop.schedule(this::takeAgain, RETRY_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
    }

    private void takeAgain() {
        waiting = false;
        take();
    }

    /** Gives one up, to be taken again by {@link #take}; answers false if there is none. */
    boolean giveUp() {
        FileChannel spare = held.poll();
        if (spare == null) {
            return false;
        }
        try {
            spare.close();
        } catch (IOException e) {
            logger.debug("close failed on /dev/null: the descriptor is gone all the same", e);
        }
        return true;
    }

    void close() {
        closed = true;
        while (giveUp()) {
            // All of them.
        }
    }
}
