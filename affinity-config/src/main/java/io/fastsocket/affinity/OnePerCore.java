package io.fastsocket.affinity;

/** {@link PlacementPolicy#onePerCore()}. */
record OnePerCore() implements PlacementPolicy {
    @Override
    public AffinityPlan plan(CpuTopology topology, int loops) {
        CpuSet allowed = topology.allowed();
        int[] lowestOfEach = topology.physicalCores().stream()
                .map(core -> core.intersect(allowed))
                .filter(core -> !core.isEmpty())
                .mapToInt(CpuSet::first)
                .toArray();
        return new PlacementWish(
                        "onePerCore()", CpuSet.of(lowestOfEach), loops, "widen the cpuset or taskset to %d cores")
                .plan(allowed);
    }
}
