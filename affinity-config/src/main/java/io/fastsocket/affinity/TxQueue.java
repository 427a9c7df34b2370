package io.fastsocket.affinity;

import io.fastsocket.affinity.system.Answer;
import java.util.List;
import java.util.Optional;

/**
 * A transmit queue of a network interface.
 *
 * @param queue its number, from 0
 * @param irq the interrupt that announces completed sends; often the receive queue's; empty where it is not known
 * @param xpsCpus the CPUs that send through it ({@code xps_cpus}); the empty set: XPS by CPU is off
 * @param xpsRxQueues the receive queues whose connections send through it ({@code xps_rxqs}, since Linux 4.18); none: off
 */
public record TxQueue(int queue, Optional<NicIrq> irq, Answer<CpuSet> xpsCpus, Answer<List<Integer>> xpsRxQueues) {}
