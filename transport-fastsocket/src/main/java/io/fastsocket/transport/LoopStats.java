package io.fastsocket.transport;

/**
 * What one loop has done so far. Counts are since the group started and never fall; they are read one after the other
 * while the loop goes on, so that sums over them may be off by what happened in between.
 *
 * @param loopIndex the loop's place in the plan, from 0
 * @param cpu the CPU it is pinned to, or -1
 * @param dead whether its thread has ended although the group was not shut down: nothing it has is served, and nothing its
 *     listener gets
 * @param accepted connections its listener took that were registered with a loop; and those it got from a listener of others
 * @param acceptedLocal of these, the ones that live on this loop and whose packets its CPU, or another hardware thread of its
 *     core, receives
 * @param acceptedRemote of these, the ones whose packets another loop's CPU receives, or that live elsewhere
 * @param acceptedUnknown the rest: the CPU cannot be read, or no loop is pinned to it
 * @param handedOver of the remote ones, those given to the loop that receives their packets
 * @param active accepted connections it owns now
 * @param acceptErrors failed accept(2) calls
 * @param acceptPauses times its listener rested because a limit was reached, by limit
 * @param connected connections it opened, of channels of the group's factory
 * @param connectedLocal of these, the ones whose first bytes its CPU, or another hardware thread of its core, received
 * @param portMisses connections from a port chosen for this loop whose first bytes arrived elsewhere
 */
public record LoopStats(
        int loopIndex,
        int cpu,
        boolean dead,
        long accepted,
        long acceptedLocal,
        long acceptedRemote,
        long acceptedUnknown,
        long handedOver,
        long active,
        long acceptErrors,
        AcceptPauses acceptPauses,
        long connected,
        long connectedLocal,
        long portMisses) {

    /**
     * Times a listener rested for a moment, by the limit that was reached.
     *
     * @param processFiles open files of the process (EMFILE)
     * @param systemFiles open files of the system (ENFILE)
     * @param memory memory for sockets (ENOBUFS, ENOMEM)
     * @param other anything else
     */
    public record AcceptPauses(long processFiles, long systemFiles, long memory, long other) {
        /** All of them. */
        public long total() {
            return processFiles + systemFiles + memory + other;
        }
    }
}
