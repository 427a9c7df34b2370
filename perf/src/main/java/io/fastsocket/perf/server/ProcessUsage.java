package io.fastsocket.perf.server;

/**
 * What a process has used, since it started or between two readings.
 *
 * @param userMicros CPU time in user mode, microseconds, in steps of a clock tick (10 000 on common kernels)
 * @param systemMicros CPU time in the kernel, microseconds, in the same steps
 * @param contextSwitches context switches, voluntary and not, of the threads alive at the reading
 */
public record ProcessUsage(long userMicros, long systemMicros, long contextSwitches) {
    /** User and system time together, microseconds. */
    public long cpuMicros() {
        return userMicros + systemMicros;
    }

    /** What was used since an earlier reading. */
    public ProcessUsage since(ProcessUsage earlier) {
        return new ProcessUsage(
                userMicros - earlier.userMicros,
                systemMicros - earlier.systemMicros,
                contextSwitches - earlier.contextSwitches);
    }
}
