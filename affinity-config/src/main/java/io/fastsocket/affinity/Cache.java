package io.fastsocket.affinity;

/**
 * A cache of the machine.
 *
 * @param level 1 is the nearest to a core; -1 where the system does not tell
 * @param type {@code "Data"}, {@code "Instruction"} or {@code "Unified"}; empty where the system does not tell
 * @param cpus the online CPUs that share it
 * @param sizeBytes its size; 0 where the system does not tell
 */
public record Cache(int level, String type, CpuSet cpus, long sizeBytes) {}
