package io.fastsocket.examples.metrics;

import io.fastsocket.examples.upstream.PoolStats;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.LoopPlan;
import io.fastsocket.transport.metrics.FastSocketMeter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import java.util.Iterator;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** The meters of a proxy's pools of upstream connections, one pool a loop: {@link FastSocketMeter#POOL_ACQUIRES} and {@link FastSocketMeter#POOL_CLOSED}. */
public final class PoolMeters implements MeterBinder {
    private final FastSocketEventLoopGroup group;
    private final Function<EventLoop, PoolStats> pools;

    /** @param pools the pool of each loop of the group */
    public PoolMeters(FastSocketEventLoopGroup group, Function<EventLoop, PoolStats> pools) {
        this.group = group;
        this.pools = pools;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Iterator<EventExecutor> loops = group.iterator();
        for (LoopPlan.Row row : group.plan().rows()) {
            EventLoop loop = (EventLoop) loops.next();
            Tags tags = FastSocketMeter.tagsOf(row);
            add(registry, FastSocketMeter.POOL_ACQUIRES, tags.and("result", "hit"), loop, PoolStats::hits);
            add(registry, FastSocketMeter.POOL_ACQUIRES, tags.and("result", "miss"), loop, PoolStats::misses);
            add(registry, FastSocketMeter.POOL_CLOSED, tags.and("cause", "expired"), loop, PoolStats::expired);
            add(registry, FastSocketMeter.POOL_CLOSED, tags.and("cause", "lost"), loop, PoolStats::lost);
            add(registry, FastSocketMeter.POOL_CLOSED, tags.and("cause", "discarded"), loop, PoolStats::discarded);
        }
    }

    private void add(
            MeterRegistry registry, FastSocketMeter meter, Tags tags, EventLoop loop, ToLongFunction<PoolStats> count) {
        meter.register(registry, tags, () -> count.applyAsLong(pools.apply(loop)));
    }
}
