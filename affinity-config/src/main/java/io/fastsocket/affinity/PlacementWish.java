package io.fastsocket.affinity;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a pinning policy would like, before what is allowed cuts it down.
 *
 * @param policy the policy as a user writes it
 * @param cpus the CPUs the policy offers, at most one loop each
 * @param loops how many loops are asked for; 0: one per CPU of {@code cpus}
 * @param moreCpus what a user does to give the policy this many CPUs, with {@code %d} for the number
 */
record PlacementWish(String policy, CpuSet cpus, int loops, String moreCpus) {
    PlacementWish {
        requireLoops(loops);
    }

    AffinityPlan plan(CpuSet allowed) {
        CpuSet offered = cpus.intersect(allowed);
        CpuSet granted = loops == 0 ? offered : offered.lowest(loops);
        if (granted.isEmpty()) {
            return new AffinityPlan(unpinned(1), Optional.of(nothingAllowed(allowed)));
        }
        int asked = loops == 0 ? cpus.size() : loops;
        return new AffinityPlan(
                pinned(granted),
                granted.size() == asked ? Optional.empty() : Optional.of(fewer(asked, granted, allowed)));
    }

    static int requireLoops(int loops) {
        if (loops < 0) {
            throw new IllegalArgumentException("cannot plan event loops: loops=" + loops
                    + " (expected 0 for as many as the policy gives, or more): there is no negative number of loops;"
                    + " fix: ask loops(0)");
        }
        return loops;
    }

    static List<LoopPlacement> unpinned(int count) {
        return IntStream.range(0, count)
                .mapToObj(index -> new LoopPlacement(index, LoopPlacement.UNPINNED))
                .toList();
    }

    private static List<LoopPlacement> pinned(CpuSet cpus) {
        int[] cpuByIndex = cpus.toArray();
        return IntStream.range(0, cpuByIndex.length)
                .mapToObj(index -> new LoopPlacement(index, cpuByIndex[index]))
                .toList();
    }

    private String nothingAllowed(CpuSet allowed) {
        return "placement " + policy + " plans one unpinned loop: cpus=\"" + cpus
                + "\" (expected CPUs within the allowed \"" + allowed + "\"): none of them is allowed; fix: "
                + (cpus.isEmpty() ? moreCpus.formatted(Math.max(1, loops)) : widenTo(cpus))
                + ", or use placement none()";
    }

    private String fewer(int asked, CpuSet granted, CpuSet allowed) {
        CpuSet refused = cpus.minus(allowed);
        String cause = refused.isEmpty()
                ? "it has no more CPUs than \"" + granted + "\""
                : "\"" + refused + "\" is off or outside the cpuset or taskset of this process";
        // Only explicit CPUs can be refused.
        String fix = refused.isEmpty()
                ? moreCpus.formatted(asked) + ", ask loops(" + granted.size() + ")"
                : widenTo(cpus) + ", ask explicit(\"" + granted + "\")";
        return "placement " + policy + " plans " + granted.size() + " of " + asked + " loops: loops=" + loops
                + " (expected one per CPU within the allowed \"" + allowed + "\"): " + cause + "; fix: " + fix
                + ", or use placement none()";
    }

    private static String widenTo(CpuSet cpus) {
        return "widen the cpuset or taskset to \"" + cpus + "\"";
    }
}
