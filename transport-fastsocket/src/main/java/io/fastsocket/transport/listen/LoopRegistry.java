package io.fastsocket.transport.listen;

import io.fastsocket.transport.engine.PinnedLoop;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * From a Netty loop to the group it belongs to. The one mutable static of the project: a server channel is made by a
 * constructor without arguments and frameworks register it with a bare loop, so nothing else leads from one to the other.
 * A group's loops are in here until they have ended.
 */
final class LoopRegistry {
    private static final ConcurrentHashMap<EventExecutor, AcceptingLoops> LOOPS = new ConcurrentHashMap<>();

    private LoopRegistry() {}

    static void add(AcceptingLoops loops) {
        for (PinnedLoop loop : loops.loops()) {
            LOOPS.put(loop.eventLoop(), loops);
        }
    }

    static void remove(AcceptingLoops loops) {
        for (PinnedLoop loop : loops.loops()) {
            LOOPS.remove(loop.eventLoop());
        }
    }

    static @Nullable AcceptingLoops find(EventExecutor loop) {
        return LOOPS.get(loop);
    }
}
