package io.fastsocket.examples.connections;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs something when nothing has moved for a time. Moving the deadline further away, which happens with every message,
 * costs a clock read: the timer finds out when it fires. Used on one loop.
 */
public final class Deadline {
    private final EventExecutor loop;
    private final Runnable expired;
    private @Nullable ScheduledFuture<?> timer;
    private boolean armed;
    private long atNanos;
    private long firesAtNanos;

    public Deadline(EventExecutor loop, Runnable expired) {
        this.loop = loop;
        this.expired = expired;
    }

    /** Expires so many nanoseconds from now, unless set or cleared again before. */
    public void in(long nanos) {
        atNanos = System.nanoTime() + nanos;
        armed = true;
        if (timer == null) {
            schedule(nanos);
        } else if (atNanos - firesAtNanos < 0) {
            timer.cancel(false);
            schedule(nanos);
        }
    }

    /** Does not expire until set again. */
    public void clear() {
        armed = false;
    }

    /** Ends the timer. */
    public void cancel() {
        armed = false;
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void schedule(long nanos) {
        firesAtNanos = System.nanoTime() + nanos;
        timer = loop.schedule(this::fired, nanos, TimeUnit.NANOSECONDS);
    }

    private void fired() {
        timer = null;
        if (!armed) {
            return;
        }
        long left = atNanos - System.nanoTime();
        if (left > 0) {
            schedule(left);
        } else {
            armed = false;
            expired.run();
        }
    }
}
