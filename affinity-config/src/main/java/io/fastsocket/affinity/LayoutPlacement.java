package io.fastsocket.affinity;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@link PlacementPolicy#layout(Layout)}. */
record LayoutPlacement(Layout layout) implements PlacementPolicy {
    @Override
    public AffinityPlan plan(CpuTopology topology, int loops) {
        PlacementWish.requireLoops(loops);
        List<LoopPlacement> granted = new ArrayList<>();
        List<Integer> refused = new ArrayList<>();
        int asked = loops == 0 ? layout.loops().size() : loops;
        for (LoopPlacement loop : layout.loops()) {
            if (!topology.allowed().contains(loop.cpu())) {
                refused.add(loop.cpu());
            } else if (granted.size() < asked) {
                granted.add(new LoopPlacement(granted.size(), loop.cpu(), loop.rxQueues()));
            }
        }
        if (granted.isEmpty()) {
            return new AffinityPlan(PlacementWish.unpinned(1), Optional.of(warning(0, asked, refused, topology)));
        }
        return new AffinityPlan(
                granted,
                granted.size() == asked
                        ? Optional.empty()
                        : Optional.of(warning(granted.size(), asked, refused, topology)));
    }

    private static String warning(int granted, int asked, List<Integer> refused, CpuTopology topology) {
        return "placement layout plans " + Math.max(1, granted) + (granted == 0 ? " unpinned" : "") + " of " + asked
                + " loops: refused CPUs=" + refused + " (expected CPUs within the allowed \"" + topology.allowed()
                + "\"): the layout has no more that are on and inside the cpuset; fix: widen the cpuset or taskset, or make"
                + " the layout again with affinity plan --out";
    }
}
