package io.fastsocket.affinity;

import io.fastsocket.affinity.system.SystemRoot;

/**
 * How event loops are spread over the CPUs this process may use: the choice a user makes, turned into an
 * {@link AffinityPlan} for a machine.
 *
 * <p>A policy that pins never puts two loops on one CPU. Where fewer CPUs are allowed than it needs, it plans fewer loops
 * and one {@linkplain AffinityPlan#warning() warning}; where none is allowed, one unpinned loop. It never fails for what
 * the machine is. Policies are immutable and safe for use by any thread.
 */
public sealed interface PlacementPolicy
        permits UnpinnedPlacement, OnePerCpu, OnePerCore, ExplicitPlacement, FollowRxQueues, LayoutPlacement {
    /**
     * Any number of loops, none pinned; one per allowed CPU where no number is asked for.
     *
     * <p>Gains: the scheduler evens out load that the loops do not share evenly, and works beside other busy processes.
     * Costs: a loop moves between CPUs, so a connection is not bound to the CPU that receives its packets. Fails: never.
     */
    static PlacementPolicy none() {
        return new UnpinnedPlacement();
    }

    /**
     * One pinned loop per allowed CPU, ascending by CPU number.
     *
     * <p>Gains: every CPU that can receive packets has a loop, so each connection can stay where its packets arrive.
     * Costs: two loops share a core where the machine has SMT, and a busy neighbour on a CPU slows that loop alone, as
     * the scheduler cannot move it. Fails: plans fewer loops than asked for, with a warning, where fewer CPUs are
     * allowed.
     */
    static PlacementPolicy onePerCpu() {
        return new OnePerCpu();
    }

    /**
     * One pinned loop per physical core, on the lowest allowed CPU of each.
     *
     * <p>Gains: no two loops share a core's execution units and first-level caches. Costs: a core's other CPUs have no
     * loop, so packets that arrive there are handled elsewhere; give the NIC one queue per core. Fails: plans fewer loops
     * than asked for, with a warning, where fewer cores have an allowed CPU; equals {@link #onePerCpu()} where the system
     * does not tell which CPUs share a core.
     */
    static PlacementPolicy onePerCore() {
        return new OnePerCore();
    }

    /**
     * One pinned loop per named CPU, ascending by CPU number; the first ones where fewer loops are asked for.
     *
     * <p>Gains: full control, for isolated CPUs and for NICs whose queues were placed by hand. Costs: the list is true for
     * one machine. Fails: leaves out CPUs that are off or not allowed, with a warning.
     *
     * @param cpus at least one CPU
     * @throws IllegalArgumentException if {@code cpus} is empty
     */
    static PlacementPolicy explicit(CpuSet cpus) {
        return new ExplicitPlacement(cpus);
    }

    /**
     * The same as {@link #explicit(CpuSet)}.
     *
     * @param cpulist at least one CPU in the kernel's list form, such as {@code "0-3,8"}
     * @throws IllegalArgumentException if the list is malformed or empty
     */
    static PlacementPolicy explicit(String cpulist) {
        return explicit(CpuSet.parseList(cpulist));
    }

    /**
     * One pinned loop per CPU that processes packets of an interface's receive queues: those of their interrupts, or of RPS
     * where it is on. The queues are read when the plan is made.
     *
     * <p>Gains: no loop without packets, and every packet on a CPU with a loop. Costs: as many loops as queues, not as CPUs; a
     * CPU that gets an interrupt later has none. Fails: equals {@link #onePerCpu()}, with a warning, where it is not known which
     * CPU handles a queue; leaves out CPUs that are not allowed, with a warning.
     *
     * @param interfaceName as in {@code ip link}, such as {@code "eth0"}; {@link #plan} throws
     *     {@link IllegalArgumentException} if there is none of this name
     * @throws IllegalArgumentException if no interface can have this name
     */
    static PlacementPolicy followRxQueues(String interfaceName) {
        return new FollowRxQueues(interfaceName, SystemRoot.live());
    }

    /**
     * The loops of a layout, each on its CPU, in the layout's order.
     *
     * <p>Gains: the loops are where the tool put the queues. Costs: the layout is true for one machine. Fails: leaves out CPUs
     * that are off or not allowed, with a warning; the loops after them move up.
     *
     * @param layout from {@link Layout#read}
     */
    static PlacementPolicy layout(Layout layout) {
        return new LayoutPlacement(layout);
    }

    /**
     * Decides where each loop runs.
     *
     * @param topology the machine
     * @param loops how many loops are asked for; 0: as many as the policy gives
     * @throws IllegalArgumentException if {@code loops} is negative
     */
    AffinityPlan plan(CpuTopology topology, int loops);
}
