package io.fastsocket.examples.metrics;

import io.fastsocket.examples.fault.Fault;
import io.fastsocket.examples.fault.PeerFaults;
import io.fastsocket.examples.fault.Side;
import io.fastsocket.transport.metrics.FastSocketMeter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;

/** The meters of connections that a server closed by the fault of a peer: {@link FastSocketMeter#PEER_FAULTS}. */
public final class FaultMeters implements MeterBinder {
    private final PeerFaults faults;
    private final List<Side> sides;

    /** @param sides that the server has */
    public FaultMeters(PeerFaults faults, Side... sides) {
        this.faults = faults;
        this.sides = List.of(sides);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (Side side : sides) {
            for (Fault fault : Fault.values()) {
                FastSocketMeter.PEER_FAULTS.register(
                        registry,
                        Tags.of("side", side.label(), "cause", fault.label()),
                        () -> faults.count(side, fault));
            }
        }
    }
}
