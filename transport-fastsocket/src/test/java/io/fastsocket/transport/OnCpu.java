package io.fastsocket.transport;

import io.fastsocket.affinity.CpuSet;
import io.fastsocket.affinity.CpuTopology;
import io.fastsocket.affinity.PinnedThreadFactory;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Runs a client on one CPU: on loopback the CPU that sends a packet is the one that receives it. */
public final class OnCpu {
    private OnCpu() {}

    public static CpuSet allowed() {
        return CpuTopology.read().allowed();
    }

    public static <T> T call(int cpu, Callable<T> client) throws Exception {
        FutureTask<T> task = new FutureTask<>(client);
        new PinnedThreadFactory("client-on-" + cpu, true, cpu, CpuSet.of(cpu), pinned -> {
                    if (!pinned.pinned()) {
                        task.cancel(false);
                    }
                })
                .newThread(task)
                .start();
        return task.get(60, TimeUnit.SECONDS);
    }
}
