package io.fastsocket.examples.demo;

import io.fastsocket.affinity.CpuSet;
import io.fastsocket.affinity.CpuTopology;
import io.fastsocket.affinity.PinnedThreadFactory;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Clients on every CPU this process may use, each pinned: on loopback, the CPU that sends is the CPU that receives. */
final class Load {
    private static final int CLIENTS_PER_CPU = 8;
    /** How long an answer may take beyond the end of a stretch. */
    private static final long GRACE_MILLIS = 3_000;

    private final String text;

    Load(String text) {
        this.text = text;
    }

    /** Loads the server for so long and answers what came of it. */
    LoadSlice run(SocketAddress server, LoadMode mode, long millis) throws InterruptedException {
        long startNanos = System.nanoTime();
        long deadlineNanos = startNanos + TimeUnit.MILLISECONDS.toNanos(millis);
        List<LoadClient> clients = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        CpuSet allowed = CpuTopology.read().allowed();
        for (int cpu : allowed) {
            PinnedThreadFactory pinned = new PinnedThreadFactory("load-" + cpu, true, cpu, allowed, result -> {});
            for (int i = 0; i < CLIENTS_PER_CPU; i++) {
                LoadClient client = new LoadClient(server, mode, text, deadlineNanos);
                clients.add(client);
                threads.add(pinned.newThread(client));
            }
        }
        threads.forEach(Thread::start);
        joinUntil(threads, deadlineNanos + TimeUnit.MILLISECONDS.toNanos(GRACE_MILLIS));
        clients.forEach(LoadClient::abort);
        LoadSlice sum = LoadSlice.NONE;
        for (int i = 0; i < threads.size(); i++) {
            threads.get(i).join();
            sum = sum.plus(clients.get(i).slice());
        }
        return new LoadSlice(sum.requests(), sum.failed(), System.nanoTime() - startNanos, 0, sum.failure());
    }

    private static void joinUntil(List<Thread> threads, long deadlineNanos) throws InterruptedException {
        for (Thread thread : threads) {
            long millis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
            thread.join(Math.max(1, millis));
        }
    }
}
