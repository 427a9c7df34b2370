package io.fastsocket.perf.load;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * What became of the requests of the warm-up or of the measured time. A request belongs to the one in which it was due. Used by one
 * loop, and by others when that has ended.
 */
final class Tally {
    /** The kernel repeats a SYN after 1 s (TCP_TIMEOUT_INIT, include/net/tcp.h). */
    static final long SLOW_CONNECT_NANOS = TimeUnit.MILLISECONDS.toNanos(900);

    /** A request that begins later than this after it was due is late. Timers alone are some tenths of it late. */
    static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final long LATENCY_NANOS_MIN = TimeUnit.MICROSECONDS.toNanos(1);
    private static final long LATENCY_NANOS_MAX = TimeUnit.HOURS.toNanos(3);
    private static final int SIGNIFICANT_DIGITS = 3;

    final Histogram fromDue = histogram();
    final Histogram fromBegin = histogram();
    final long[] errors = new long[LoadError.values().length];
    /** By kind; empty where there was none. */
    final String[] firstFailures = new String[errors.length];

    long begun;
    long written;
    long answered;
    /** Of all answers, those that came within the measured time. */
    long answeredInWindow;

    long bytes;
    long connects;
    long slowConnects;
    long late;
    long lateForConnection;
    long ownLateNanosMax;
    long lastAnswerNanos;

    Tally() {
        Arrays.fill(firstFailures, "");
    }

    private static Histogram histogram() {
        return new Histogram(LATENCY_NANOS_MIN, LATENCY_NANOS_MAX, SIGNIFICANT_DIGITS);
    }

    void begun(long lateNanos, boolean noneWasFree) {
        begun++;
        boolean isLate = lateNanos > LATE_NANOS;
        late += isLate ? 1 : 0;
        if (noneWasFree) {
            lateForConnection += isLate ? 1 : 0;
        } else {
            ownLateNanosMax = Math.max(ownLateNanosMax, lateNanos);
        }
    }

    void answered(long dueNanos, long beginNanos, long nowNanos, long responseBytes) {
        answered++;
        bytes += responseBytes;
        lastAnswerNanos = nowNanos;
        fromDue.recordValue(Math.min(nowNanos - dueNanos, LATENCY_NANOS_MAX));
        fromBegin.recordValue(Math.min(nowNanos - beginNanos, LATENCY_NANOS_MAX));
    }

    void failed(LoadError error, String text) {
        int kind = error.ordinal();
        errors[kind]++;
        if (firstFailures[kind].isEmpty()) {
            firstFailures[kind] = text;
        }
    }

    void connected(long nanos) {
        connects++;
        if (nanos >= SLOW_CONNECT_NANOS) {
            slowConnects++;
        }
    }

    long failed() {
        long sum = 0;
        for (long count : errors) {
            sum += count;
        }
        return sum;
    }

    void add(Tally other) {
        fromDue.add(other.fromDue);
        fromBegin.add(other.fromBegin);
        for (int i = 0; i < errors.length; i++) {
            errors[i] += other.errors[i];
            firstFailures[i] = firstFailures[i].isEmpty() ? other.firstFailures[i] : firstFailures[i];
        }
        // Due times are of one clock; before the first answer there is none.
        lastAnswerNanos = answered == 0 || (other.answered > 0 && other.lastAnswerNanos - lastAnswerNanos > 0)
                ? other.lastAnswerNanos
                : lastAnswerNanos;
        begun += other.begun;
        written += other.written;
        answered += other.answered;
        answeredInWindow += other.answeredInWindow;
        bytes += other.bytes;
        connects += other.connects;
        slowConnects += other.slowConnects;
        late += other.late;
        lateForConnection += other.lateForConnection;
        ownLateNanosMax = Math.max(ownLateNanosMax, other.ownLateNanosMax);
    }
}
