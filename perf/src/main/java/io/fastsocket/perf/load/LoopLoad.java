package io.fastsocket.perf.load;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One loop's share of a load: begins each request when it is due and a connection is free, and counts what comes of it. Used by its
 * loop alone, but for {@link #start} and what can be read once {@link #ended} is.
 */
final class LoopLoad {
    /** In a closed loop, before a connection that failed tries again: a server that is gone fails at once. */
    private static final long RETRY_MILLIS = 10;

    private static final long CHECK_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long CHECK_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(50);
    /** Timeouts are seen late by this part of them at most. */
    private static final int CHECKS_PER_TIMEOUT = 8;

    /** How long connections may take to close at the end. */
    private static final long CLOSE_NANOS_MAX = TimeUnit.SECONDS.toNanos(2);

    private static final long NO_LIMIT = Long.MAX_VALUE;

    private final EventLoop loop;
    private final LongSupplier clock;
    private final Pace pace;
    private final boolean openLoop;
    private final Timeline timeline;
    private final long measuredMax;
    private final long timeoutNanos;
    private final List<ClientConnection> connections = new ArrayList<>();
    /** Once for each request that may begin on a connection. */
    private final Queue<ClientConnection> free = new ArrayDeque<>();

    private final Tally warmUp = new Tally();
    private final Tally measured = new Tally();
    private final BusyShare busy = new BusyShare();
    private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
    private long underWay;
    private boolean noneWasFree;
    private boolean pumping;
    private long wakeNanos;
    private boolean closing;
    private long closingNanos;

    /** @param loopIndex 0 to {@code loops} - 1: its place in the schedule, and its share of the number of requests */
    LoopLoad(EventLoop loop, LoadPlan plan, Timeline timeline, int loops, int loopIndex, LongSupplier clock) {
        this.loop = loop;
        this.clock = clock;
        this.timeline = timeline;
        this.openLoop = plan.isOpenLoop();
        this.pace = openLoop
                ? new FixedRate(timeline.startNanos(), plan.requestsPerSecond(), loops, loopIndex)
                : new ClosedLoop();
        long requestsMax = plan.bounds().requestsMax();
        this.measuredMax =
                requestsMax == 0 ? NO_LIMIT : requestsMax / loops + (loopIndex < requestsMax % loops ? 1 : 0);
        this.timeoutNanos = plan.bounds().timeout().toNanos();
        this.wakeNanos = timeline.startNanos();
    }

    /** Before {@link #start}. */
    void add(ClientConnection connection) {
        connections.add(connection);
    }

    /** Begins at the start of the timeline. */
    void start(int pipelineDepth) {
        // In turns, so that requests spread over the connections before they are pipelined.
        for (int i = 0; i < pipelineDepth; i++) {
            free.addAll(connections);
        }
        at(timeline.startNanos(), this::pump);
        at(timeline.measureNanos(), busy::begin);
        at(timeline.endNanos(), busy::end);
        at(timeline.startNanos(), this::check);
    }

    private void at(long nanos, Runnable task) {
        loop.schedule(task, nanos - nanos(), TimeUnit.NANOSECONDS);
    }

    // ---- begin

    /** Begins all requests that are due, as far as connections are free, and sees to it that the next one begins in time. */
    void pump() {
        if (pumping || closing) {
            return;
        }
        pumping = true;
        long now = nanos();
        beginDue(now);
        pumping = false;
        if (underWay == 0 && !mayBegin(pace.dueNanos(now), now)) {
            close(now);
        }
    }

    private void beginDue(long now) {
        ClientConnection last = null;
        long due = pace.dueNanos(now);
        while (due - now <= 0 && mayBegin(due, now) && !free.isEmpty()) {
            ClientConnection connection = free.remove();
            if (last != null && last != connection) {
                last.flush();
            }
            last = connection;
            pace.taken();
            underWay++;
            tallyAt(due).begun(now - due, noneWasFree);
            connection.begin(due, now);
            due = pace.dueNanos(now);
        }
        if (last != null) {
            last.flush();
        }
        noneWasFree = free.isEmpty();
        if (due - now > 0 && due != wakeNanos && mayBegin(due, now)) {
            wakeNanos = due;
            loop.schedule(this::pump, due - now, TimeUnit.NANOSECONDS);
        }
    }

    /** What was due in time may begin after it, for as long as a request may take: left out, it would flatter the latencies. */
    private boolean mayBegin(long due, long now) {
        return !timeline.isOver(due)
                && !timeline.isOver(now - timeoutNanos)
                && (!timeline.isMeasured(due) || measured.begun < measuredMax);
    }

    /** Requests may begin on a connection again. */
    void release(ClientConnection connection, int requests) {
        for (int i = 0; i < requests; i++) {
            free.add(connection);
        }
    }

    void releaseAfterFailure(ClientConnection connection, int requests) {
        if (openLoop) {
            release(connection, requests);
            return;
        }
        Runnable retry = () -> {
            release(connection, requests);
            pump();
        };
        loop.schedule(retry, RETRY_MILLIS, TimeUnit.MILLISECONDS);
    }

    // ---- count

    long nanos() {
        return clock.getAsLong();
    }

    /** Where a request that was due then belongs, and a connection that was opened then. */
    Tally tallyAt(long nanos) {
        return timeline.isMeasured(nanos) ? measured : warmUp;
    }

    void answered(long due, long began, long now, long bytes) {
        underWay--;
        Tally tally = tallyAt(due);
        tally.answered(due, began, now, bytes);
        if (timeline.isMeasured(now) && !timeline.isOver(now)) {
            tally.answeredInWindow++;
        }
    }

    void failed(long due, LoadError error, String text) {
        underWay--;
        tallyAt(due).failed(error, text);
    }

    // ---- end

    /** Again and again until the end. */
    private void check() {
        long now = nanos();
        if (closing) {
            boolean closed = connections.stream().allMatch(ClientConnection::isClosed);
            if (closed || now - closingNanos > CLOSE_NANOS_MAX) {
                ended.complete(null);
                return;
            }
        }
        for (ClientConnection connection : connections) {
            connection.check(now, timeoutNanos);
        }
        pump();
        long pause = Math.max(CHECK_NANOS_MIN, Math.min(CHECK_NANOS_MAX, timeoutNanos / CHECKS_PER_TIMEOUT));
        loop.schedule(this::check, pause, TimeUnit.NANOSECONDS);
    }

    private void close(long now) {
        busy.end();
        closing = true;
        closingNanos = now;
        connections.forEach(ClientConnection::close);
    }

    /** Runs something on this loop. */
    void onLoop(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    /** Done when all requests have ended. */
    CompletableFuture<@Nullable Void> ended() {
        return ended;
    }

    Tally warmUp() {
        return warmUp;
    }

    Tally measured() {
        return measured;
    }

    double busyShare() {
        return busy.share();
    }

    /** Whether it stopped at its number of requests, before the time was over. */
    boolean reachedMax() {
        return measured.begun >= measuredMax;
    }

    /** Requests that were due and never begun, for want of a free connection or of time. */
    long missed() {
        return reachedMax() ? 0 : pace.missedBefore(timeline.endNanos());
    }
}
