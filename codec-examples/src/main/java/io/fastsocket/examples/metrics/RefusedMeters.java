package io.fastsocket.examples.metrics;

import io.fastsocket.examples.connections.ConnectionGate;
import io.fastsocket.examples.connections.ConnectionGate.Limit;
import io.fastsocket.transport.metrics.FastSocketMeter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

/** The meters of a server's limits of connections: {@link FastSocketMeter#REFUSED}. */
public final class RefusedMeters implements MeterBinder {
    private final ConnectionGate gate;

    public RefusedMeters(ConnectionGate gate) {
        this.gate = gate;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        add(registry, "total", Limit.TOTAL);
        add(registry, "address", Limit.ADDRESS);
    }

    private void add(MeterRegistry registry, String tag, Limit limit) {
        FastSocketMeter.REFUSED.register(registry, Tags.of("limit", tag), () -> gate.refused(limit));
    }
}
