package io.fastsocket.transport.engine;

import io.fastsocket.affinity.PinResult;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * One running event loop and the CPU it stays on.
 *
 * @param index its place in the plan, 0 to the number of loops - 1
 * @param placement the CPU it was meant for and the mask it got, read back on its thread
 * @param eventLoop the genuine Netty loop
 * @param group the genuine Netty group of that one loop
 */
public record PinnedLoop(int index, PinResult placement, EventLoop eventLoop, EventLoopGroup group) {
    private static final FastThreadLocal<@Nullable PinnedLoop> OF_THIS_THREAD = new FastThreadLocal<>();

    /** What {@link #cpu()} answers for a loop that is not pinned. */
    public static final int UNPINNED = -1;

    void runsOnThisThread() {
        OF_THIS_THREAD.set(this);
    }

    /** The loop whose thread is calling, or null. */
    public static @Nullable PinnedLoop ofThisThread() {
        return OF_THIS_THREAD.getIfExists();
    }

    /** The CPU the loop really stays on, or {@link #UNPINNED}. */
    public int cpu() {
        return placement.pinned() ? placement.cpu() : UNPINNED;
    }
}
