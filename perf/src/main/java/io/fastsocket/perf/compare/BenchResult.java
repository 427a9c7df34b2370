package io.fastsocket.perf.compare;

import io.fastsocket.perf.idle.IdleMemory;
import io.fastsocket.perf.inspect.Findings;
import io.fastsocket.perf.server.ServerKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All that a comparison has found. Filled by one thread, then read. */
public final class BenchResult {
    /** One server under one kind of work, looked into. */
    public record Inspection(Work work, ServerKind server, Findings findings) {}

    /** What each server is and in which version. */
    public final Map<ServerKind, String> about = new LinkedHashMap<>();

    public final List<Measurement> measurements = new ArrayList<>();
    public final List<LatencyFigures> latencies = new ArrayList<>();
    public final List<Inspection> inspections = new ArrayList<>();
    public final List<SweepPoint> sweep = new ArrayList<>();
    public final List<Storm> storms = new ArrayList<>();
    public final List<IdleMemory> idle = new ArrayList<>();

    /** Extras that ended before their end, and why. */
    public final List<String> leftOut = new ArrayList<>();
}
