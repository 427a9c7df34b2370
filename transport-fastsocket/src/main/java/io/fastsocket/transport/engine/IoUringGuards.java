package io.fastsocket.transport.engine;

/**
 * Which guards the io_uring engine carries. All of them, except in the tests that show what each one prevents.
 *
 * @param oneMessagePerRead a read is not followed by a second one that could wait in the kernel
 * @param boundedClose a close that waits for an outstanding transfer shuts the socket down
 * @param heldInput what a closing peer sent waits until the application reads
 * @param fileRegions file regions are written in chunks, which the transport cannot do itself
 * @param drainedAccept the accept queue is emptied in a loop, not one connection a turn
 * @param lostRead the buffer of a read that a failed write's close forgets is released
 * @param fileNumbers completions of a file number's last owner do not reach the next one, and what else {@link RingChannels} does
 * @param orderedShutdown {@code shutdownOutput()} waits for what was flushed before it
 */
record IoUringGuards(
        boolean oneMessagePerRead,
        boolean boundedClose,
        boolean heldInput,
        boolean fileRegions,
        boolean drainedAccept,
        boolean lostRead,
        boolean fileNumbers,
        boolean orderedShutdown) {
    static final IoUringGuards ALL_ON = new IoUringGuards(true, true, true, true, true, true, true, true);
}
