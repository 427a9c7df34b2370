package io.fastsocket.affinity;

import java.util.Optional;

/** {@link PlacementPolicy#none()}. */
record UnpinnedPlacement() implements PlacementPolicy {
    @Override
    public AffinityPlan plan(CpuTopology topology, int loops) {
        int count = PlacementWish.requireLoops(loops) > 0
                ? loops
                : Math.max(1, topology.allowed().size());
        return new AffinityPlan(PlacementWish.unpinned(count), Optional.empty());
    }
}
