package io.fastsocket.examples.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * A line per request, written by one thread of its own. Loops hand entries to it through a bounded queue and never wait:
 * what the queue does not take is dropped and counted, and the count is a line of the log too.
 *
 * <p>{@link #dropped} may be called by any thread, {@link #close} by any but an event loop.
 */
public final class AccessLog implements AutoCloseable {
    /** Entries that may wait to be written. */
    public static final int QUEUE_MAX = 8192;

    private static final InternalLogger logger = InternalLoggerFactory.getInstance(AccessLog.class);

    /** How often the thread looks whether it is to end. */
    private static final long POLL_MILLIS = 100;

    private static final long CLOSE_MILLIS_MAX = 5000;

    private final Writer out;
    private final boolean closesOut;
    private final BlockingQueue<AccessEntry> queue;
    private final LongAdder dropped = new LongAdder();
    private final Thread writer;
    private volatile boolean closed;
    private long droppedSaid;

    /** Writes to {@code out}, which is flushed when nothing waits, and left open. */
    public AccessLog(Writer out) {
        this(out, false, QUEUE_MAX);
    }

    AccessLog(Writer out, boolean closesOut, int queueMax) {
        this.out = out;
        this.closesOut = closesOut;
        this.queue = new ArrayBlockingQueue<>(queueMax);
        this.writer = new Thread(this::write, "access-log");
        writer.setDaemon(true);
        writer.start();
    }

    /**
     * Adds lines to a file, which is made if there is none.
     *
     * @throws IOException if it cannot be opened for writing
     */
    public static AccessLog to(Path file) throws IOException {
        return new AccessLog(Files.newBufferedWriter(file, UTF_8, CREATE, APPEND), true, QUEUE_MAX);
    }

    /** Never waits. */
    void offer(AccessEntry entry) {
        if (!queue.offer(entry)) {
            dropped.increment();
        }
    }

    /** Entries that were not written, so far. */
    public long dropped() {
        return dropped.sum();
    }

    private void write() {
        try {
            while (!closed || !queue.isEmpty()) {
                AccessEntry entry = queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                while (entry != null) {
                    out.append(entry.line()).append('\n');
                    entry = queue.poll();
                }
                sayDropped();
                out.flush();
            }
        } catch (IOException e) {
            logger.warn(
                    "access log: no more lines are written: {}; free space or mend the file, and restart",
                    e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sayDropped() throws IOException {
        long now = dropped.sum();
        if (now > droppedSaid) {
            out.append("# ").append(Long.toString(now - droppedSaid)).append(" requests not logged\n");
            droppedSaid = now;
        }
    }

    /** Writes what waits, for a few seconds at most, and ends the thread. */
    @Override
    public void close() {
        closed = true;
        try {
            writer.join(CLOSE_MILLIS_MAX);
            if (closesOut) {
                out.close();
            }
        } catch (IOException e) {
            logger.warn("access log: its end may be missing: {}; free space or mend the file", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
