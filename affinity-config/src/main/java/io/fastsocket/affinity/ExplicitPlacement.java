package io.fastsocket.affinity;

import static java.util.Objects.requireNonNull;

/** {@link PlacementPolicy#explicit(CpuSet)}. */
record ExplicitPlacement(CpuSet cpus) implements PlacementPolicy {
    ExplicitPlacement {
        if (requireNonNull(cpus, "cpus").isEmpty()) {
            throw new IllegalArgumentException(
                    "cannot place loops on explicit CPUs: cpus=\"\" (expected at least one CPU,"
                            + " such as \"0-3,8\"): no CPU is named; fix: name CPUs, or use placement none()");
        }
    }

    @Override
    public AffinityPlan plan(CpuTopology topology, int loops) {
        return new PlacementWish("explicit(\"" + cpus + "\")", cpus, loops, "name %d CPUs").plan(topology.allowed());
    }
}
