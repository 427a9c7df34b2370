package io.fastsocket.perf.compare;

import io.fastsocket.perf.server.ProcFs;
import io.fastsocket.perf.server.ProcessUsage;
import io.fastsocket.perf.server.ServerKind;
import io.fastsocket.perf.server.ServerProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Servers side by side on the same work in the same run: all of them are up all the time, one at a time is under load, and
 * the order moves on by one in every round, so that none always follows the same neighbour.
 */
public final class SideBySide {
    private static final int SLICE_SECONDS = 2;

    /** What a rate differs by, as a share, when nothing has changed. */
    private static final double SETTLED_WITHIN = 0.03;

    /** So many slices like the one before. */
    private static final int SETTLED_AFTER = 2;

    private final Map<ServerKind, ServerProcess> servers;
    private final Load load;
    private final ProcFs procFs;
    private final Consumer<String> progress;

    /**
     * A comparison of servers that listen already.
     *
     * @param progress takes a line now and then that says how far it is
     */
    public SideBySide(Map<ServerKind, ServerProcess> servers, Load load, ProcFs procFs, Consumer<String> progress) {
        this.servers = Map.copyOf(servers);
        this.load = load;
        this.procFs = procFs;
        this.progress = progress;
    }

    /**
     * Warms every server up and then takes the rounds.
     *
     * @throws IOException if a server or the load fails; figures of half a comparison are not handed out
     */
    public List<Measurement> run(Work work, Schedule schedule) throws IOException, InterruptedException {
        List<ServerKind> order = servers.keySet().stream().sorted().toList();
        for (ServerKind server : order) {
            warmUp(work, server, schedule.warmupSeconds());
        }
        List<Measurement> measurements = new ArrayList<>();
        for (int round = 1; round <= schedule.rounds(); round++) {
            for (ServerKind server : rotated(order, round - 1)) {
                Measurement measurement = measure(round, work, server, schedule.roundSeconds());
                measurements.add(measurement);
                progress.accept(String.format(
                        "%s: round %d of %d: %s %.0f requests/s, %.2f us CPU per request",
                        work,
                        round,
                        schedule.rounds(),
                        server,
                        measurement.load().requestsPerSecond(),
                        measurement.cpuMicrosPerRequest()));
            }
        }
        return measurements;
    }

    /** Loads a server in slices until three in a row are about as fast, or the time is over. */
    private void warmUp(Work work, ServerKind server, int secondsMax) throws IOException, InterruptedException {
        double last = 0;
        int alike = 0;
        for (int second = 0; second < secondsMax; second += SLICE_SECONDS) {
            double rate =
                    load.run(process(server).address(), work, SLICE_SECONDS).requestsPerSecond();
            alike = Math.abs(rate - last) <= SETTLED_WITHIN * rate ? alike + 1 : 0;
            if (alike == SETTLED_AFTER) {
                progress.accept(work + ": warm after " + (second + SLICE_SECONDS) + " s: " + server);
                return;
            }
            last = rate;
        }
        if (secondsMax > 0) {
            progress.accept(work + ": warm-up of " + secondsMax + " s is over: " + server);
        }
    }

    /** The same order, begun {@code by} places later. */
    static <T> List<T> rotated(List<T> order, int by) {
        List<T> rotated = new ArrayList<>(order);
        Collections.rotate(rotated, -by);
        return rotated;
    }

    private Measurement measure(int round, Work work, ServerKind kind, int seconds)
            throws IOException, InterruptedException {
        ServerProcess server = process(kind);
        ProcessUsage before = procFs.usage(server.pid());
        LoadResult result = load.run(server.address(), work, seconds);
        server.requireAlive();
        return new Measurement(
                round, work, kind, result, procFs.usage(server.pid()).since(before));
    }

    private ServerProcess process(ServerKind kind) {
        return Objects.requireNonNull(servers.get(kind), kind::label);
    }
}
