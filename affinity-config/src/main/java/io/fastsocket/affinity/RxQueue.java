package io.fastsocket.affinity;

import io.fastsocket.affinity.system.Answer;
import java.util.Optional;

/**
 * A receive queue of a network interface.
 *
 * @param queue its number, from 0
 * @param irq the interrupt that announces its packets; empty where there is none (software devices) or it is not known
 * @param rpsCpus the CPUs that receive packet steering spreads its packets to; the empty set: RPS is off
 * @param rfsFlows the size of its flow table for receive flow steering; 0: RFS is off
 */
public record RxQueue(int queue, Optional<NicIrq> irq, Answer<CpuSet> rpsCpus, Answer<Integer> rfsFlows) {}
