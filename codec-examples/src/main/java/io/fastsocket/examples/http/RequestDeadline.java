package io.fastsocket.examples.http;

import io.fastsocket.examples.connections.Deadline;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How long one request may take to come in: a head from its first byte to its end, however its bytes are dealt out; a body as long as
 * it comes faster than {@value #BODY_BYTES_PER_SECOND_MIN} bytes a second, with the idle timeout to make up for a pause. What is there
 * in one read costs nothing. Used on one event loop.
 */
final class RequestDeadline {
    /** Slower than any line that people use; a body of the largest default size takes half an hour. */
    static final int BODY_BYTES_PER_SECOND_MIN = 500;

    private static final long NANOS_PER_BODY_BYTE = TimeUnit.SECONDS.toNanos(1) / BODY_BYTES_PER_SECOND_MIN;

    private final Deadline deadline;
    private final long headNanos;
    private final long pauseNanos;
    private boolean withinHead;
    private boolean withinBody;
    private long bodyAtNanos;

    /** @param pause zero: a body may take as long as it likes */
    RequestDeadline(EventExecutor loop, Duration head, Duration pause, Runnable expired) {
        this.deadline = new Deadline(loop, expired);
        this.headNanos = head.toNanos();
        this.pauseNanos = pause.toNanos();
    }

    /** A part of a head is there. It has its time from now, or, while nothing is read, from {@link #again} on. */
    void headBegun(boolean reading) {
        withinHead = true;
        if (reading) {
            deadline.in(headNanos);
        }
    }

    boolean withinHead() {
        return withinHead;
    }

    void headComplete() {
        if (withinHead) {
            withinHead = false;
            deadline.clear();
        }
    }

    /** The read is over, and the request is not there as a whole. */
    void bodyOutstanding() {
        if (!withinBody && pauseNanos > 0) {
            withinBody = true;
            bodyAtNanos = System.nanoTime() + pauseNanos;
            deadline.in(pauseNanos);
        }
    }

    void bodyMoved(int bytes) {
        if (withinBody) {
            long now = System.nanoTime();
            bodyAtNanos = now + Math.min(bodyAtNanos - now + bytes * NANOS_PER_BODY_BYTE, pauseNanos);
            deadline.in(bodyAtNanos - now);
        }
    }

    /** The request is there, or given up. */
    void requestOver() {
        if (withinBody) {
            withinBody = false;
            deadline.clear();
        }
    }

    /** What has begun has its time once more: it was not read for a while, for no fault of its own. */
    void again() {
        if (withinHead) {
            deadline.in(headNanos);
        } else if (withinBody) {
            bodyAtNanos = System.nanoTime() + pauseNanos;
            deadline.in(pauseNanos);
        }
    }

    void cancel() {
        withinHead = false;
        withinBody = false;
        deadline.cancel();
    }
}
