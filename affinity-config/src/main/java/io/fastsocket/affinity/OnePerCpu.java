package io.fastsocket.affinity;

/** {@link PlacementPolicy#onePerCpu()}. */
record OnePerCpu() implements PlacementPolicy {
    @Override
    public AffinityPlan plan(CpuTopology topology, int loops) {
        CpuSet allowed = topology.allowed();
        return new PlacementWish("onePerCpu()", allowed, loops, "widen the cpuset or taskset to %d CPUs").plan(allowed);
    }
}
