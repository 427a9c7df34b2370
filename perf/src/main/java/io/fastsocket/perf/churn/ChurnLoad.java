package io.fastsocket.perf.churn;

import io.fastsocket.affinity.CpuSet;
import io.fastsocket.affinity.PinResult;
import io.fastsocket.affinity.PinnedThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Blocking client threads, pinned to CPUs in turn, that share out a number of short connections among themselves. */
public final class ChurnLoad implements AutoCloseable {
    private final InetSocketAddress server;
    private final int clients;
    private final ExecutorService threads;
    private final AtomicInteger unpinnedClients = new AtomicInteger();

    /**
     * Clients of one server.
     *
     * @param cpus CPUs to pin clients to, at least one
     * @param clientsPerCpu client threads on each, at least one
     */
    public ChurnLoad(InetSocketAddress server, CpuSet cpus, int clientsPerCpu) {
        this.server = server;
        this.clients = cpus.size() * clientsPerCpu;
        AtomicInteger next = new AtomicInteger();
        int[] cpuOfTurn = cpus.toArray();
        this.threads = Executors.newFixedThreadPool(clients, work -> {
            int index = next.getAndIncrement();
            int cpu = cpuOfTurn[index % cpuOfTurn.length];
            return new PinnedThreadFactory("churn-client-" + index, true, cpu, CpuSet.empty(), this::placed)
                    .newThread(work);
        });
    }

    /**
     * Makes connections, each client one at a time, and waits for all of them.
     *
     * @param limit time after which no connection is begun or waited for; those not done count as failed
     */
    public ChurnTally run(long connections, Duration limit) throws InterruptedException {
        AtomicLong left = new AtomicLong(connections);
        List<Callable<ChurnTally>> work = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            work.add(() -> connectWhileAnyLeft(left));
        }
        ChurnTally sum = ChurnTally.NONE;
        // At the limit this interrupts the clients, which then begin no further connection.
        for (Future<ChurnTally> client : threads.invokeAll(work, limit.toMillis(), TimeUnit.MILLISECONDS)) {
            sum = sum.plus(tallyOf(client));
        }
        long missing = connections - sum.succeeded() - sum.failed();
        return missing == 0 ? sum : sum.plus(new ChurnTally(0, Map.of("not done within the time limit", missing)));
    }

    /** Client threads that the system did not let be pinned; final once {@link #run} has returned. */
    public int unpinnedClients() {
        return unpinnedClients.get();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private void placed(PinResult result) {
        if (!result.pinned()) {
            unpinnedClients.incrementAndGet();
        }
    }

    private ChurnTally connectWhileAnyLeft(AtomicLong left) {
        ShortConnection connection = new ShortConnection(server);
        long succeeded = 0;
        Map<String, Long> failures = new TreeMap<>();
        while (!Thread.currentThread().isInterrupted() && left.getAndDecrement() > 0) {
            try {
                connection.run();
                succeeded++;
            } catch (IOException e) {
                failures.merge(e.getClass().getSimpleName() + ": " + e.getMessage(), 1L, Long::sum);
            }
        }
        return new ChurnTally(succeeded, failures);
    }

    /** A client stopped at the limit keeps its figures to itself: its connections count as not done. */
    private static ChurnTally tallyOf(Future<ChurnTally> client) throws InterruptedException {
        try {
            return client.get();
        } catch (CancellationException e) {
            return ChurnTally.NONE;
        } catch (ExecutionException e) {
            throw new IllegalStateException("churn client failed: " + e.getCause(), e);
        }
    }
}
