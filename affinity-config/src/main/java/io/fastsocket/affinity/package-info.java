/**
 * Which CPU runs which event loop: sets of CPUs, what the machine has and this process may use, and the plan that
 * follows.
 *
 * <p>Four steps, in this order: {@link io.fastsocket.affinity.CpuTopology} reads the machine, a
 * {@link io.fastsocket.affinity.PlacementPolicy} makes an {@link io.fastsocket.affinity.AffinityPlan} of it, and a
 * {@link io.fastsocket.affinity.PinnedThreadFactory} per loop carries the plan out and reports what became of it.
 * Everything but the last step is pure computation on values.
 *
 * <p>May use: the JDK, Netty's common classes (threads, logging) and OpenHFT affinity, which is named in
 * {@link io.fastsocket.affinity.PinnedThreadFactory} alone. No sockets, no channels, no transport.
 */
@NullMarked
package io.fastsocket.affinity;

import org.jspecify.annotations.NullMarked;
