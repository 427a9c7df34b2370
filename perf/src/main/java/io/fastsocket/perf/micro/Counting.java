package io.fastsocket.perf.micro;

import io.fastsocket.transport.engine.EventCounters;
import io.fastsocket.transport.engine.PaddedCounters;
import io.fastsocket.transport.listen.AcceptEvent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * One event counted: as loops do it, each for itself, and, beside it, by counters that all threads share, as a meter of Micrometer
 * is.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Counting {
    /** What each loop has for itself. */
    @State(Scope.Thread)
    public static class OfLoop {
        private final EventCounters<AcceptEvent> events = new EventCounters<>(AcceptEvent.class);
        private final PaddedCounters padded = new PaddedCounters(2);
    }

    /** What all threads write to. */
    @State(Scope.Benchmark)
    public static class Shared {
        private final AtomicLong atomic = new AtomicLong();
        private final LongAdder adder = new LongAdder();
        private final MeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        private final Counter micrometer = registry.counter("events", "loop", "0");
    }

    /** Ours, by name. */
    @Benchmark
    public void eventCounters(OfLoop loop) {
        loop.events.increment(AcceptEvent.ACCEPTED);
    }

    /** Ours, by number. */
    @Benchmark
    public void paddedCounters(OfLoop loop) {
        loop.padded.increment(1);
    }

    /** One for all threads. */
    @Benchmark
    public void atomicLong(Shared shared) {
        shared.atomic.incrementAndGet();
    }

    /** One for all threads, striped. */
    @Benchmark
    public void longAdder(Shared shared) {
        shared.adder.increment();
    }

    /** One for all threads, of the registry for Prometheus. */
    @Benchmark
    public void micrometerCounter(Shared shared) {
        shared.micrometer.increment();
    }
}
