package io.fastsocket.transport.engine;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.unix.UnixChannel;
import io.netty.incubator.channel.uring.IOUringDatagramChannel;
import io.netty.incubator.channel.uring.IOUringSocketChannel;
import io.netty.util.collection.IntObjectHashMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The channels of one io_uring loop by file number, in the place of the incubator's own map, which it asks once for each
 * completion. A number that is free has a channel's requests behind it, but their completions may still wait in the ring: these are
 * counted when the next channel comes with the number, whoever made and registered it, and that many are dropped. They come first,
 * because the ring is a queue.
 *
 * <p>It also tells of each registration, turns away what the incubator cannot do, a second one, and lets a loop end whose channels
 * cannot. Used by its loop alone.
 */
final class RingChannels extends IntObjectHashMap<Channel> {
    private static final int CAPACITY_INITIAL = 4096;

    private final IncubatorRing ring;
    private final Consumer<Channel> registering;
    /** File number to completions that are to come and belong to the channel that had it before. */
    private final Map<Integer, Integer> foreign = new HashMap<>();

    RingChannels(IncubatorRing ring, Consumer<Channel> registering) {
        super(CAPACITY_INITIAL);
        this.ring = ring;
        this.registering = registering;
    }

    // ---- completions

    @Override
    public @Nullable Channel get(int fd) {
        return !foreign.isEmpty() && takeForeign(fd) ? null : super.get(fd);
    }

    private boolean takeForeign(int fd) {
        Integer left = foreign.get(fd);
        if (left == null) {
            return false;
        }
        expectForeign(fd, left - 1);
        return true;
    }

    private void expectForeign(int fd, int completions) {
        if (completions > 0) {
            foreign.put(fd, completions);
        } else {
            foreign.remove(fd);
        }
    }

    // ---- registration

    @Override
    public @Nullable Channel put(int fd, Channel channel) {
        // The loop also puts one back that it took out by the number of another.
        if (!channel.isRegistered()) {
            if (ring.usesARing(channel)) {
                throw refused(channel);
            }
            separateFromTheOneBefore(fd, channel);
            registering.accept(channel);
            channel.closeFuture().addListener(closed -> endDeregistered(fd, channel));
            super.put(fd, channel);
            // One that is replaced is taken out by its deregistration: the loop counts both.
            return null;
        }
        return super.put(fd, channel);
    }

    private void separateFromTheOneBefore(int fd, Channel channel) {
        Channel before = super.get(fd);
        if (before != null) {
            // Its file was closed by a submission within this turn, and its polls are still to be removed.
            endRequests(List.of(before));
        }
        if (ring.hasOverflowed() && !(channel instanceof IOUringDatagramChannel)) {
            // What does not fit in is still for the one before to hear. A datagram channel, refused, would be closed
            // twice, which frees its memory twice.
            throw overflowed(channel);
        }
        if (before != null) {
            forgetRequests(before);
        }
        expectForeign(fd, ring.completionsOf(fd));
    }

    /** Completions of its number may be among those that are not seen. Netty closes it. */
    private IllegalStateException overflowed(Channel channel) {
        return new IllegalStateException("register failed on " + channel + ": eventLoop=" + ring
                + " (expected room in its ring): more completions wait than the completion queue holds, which is twice ringSize;"
                + " fix: a larger ringSize(..), or fewer connections for each loop");
    }

    /** Its requests, and the state they leave, are the first ring's: there it would go deaf and keep the loop from ending. */
    private IllegalStateException refused(Channel channel) {
        IllegalStateException refused =
                new IllegalStateException("register failed on " + channel + ": eventLoop=" + ring
                        + " (expected a channel that was never registered): on io_uring a channel cannot leave its loop, and was"
                        + " closed; fix: connect again on this loop, or hand the work over with eventLoop().execute(), or use the"
                        + " epoll engine, where channels can be moved");
        boolean active = channel.isActive();
        // Nothing of the first ring's touches the channel's memory from here on.
        IoUringEngine.shutDown(channel);
        IncubatorAccess.forgetRequests(channel);
        ring.forgetRing(channel);
        channel.unsafe().close(channel.unsafe().voidPromise());
        if (active) {
            channel.pipeline().fireChannelInactive();
        }
        return refused;
    }

    // ---- deregistration

    @Override
    public @Nullable Channel remove(int fd) {
        Channel removed = super.remove(fd);
        if (removed != null && removed.isOpen()) {
            // Deregistered: what it has in the ring, and what it still writes, it must hear of, or its close never
            // ends.
            super.put(fd, removed);
            // Nothing of it may wait for submission while another loop refuses it and closes its file.
            ring.submit();
        }
        if (removed != null && !removed.isOpen() && IncubatorAccess.isConnecting(removed)) {
            // It would complete in minutes, and be taken for the attempt of another channel.
            ring.cancel(fd, IncubatorRing.CONNECT, 0);
            ring.submit();
            ring.awaitCompletion(fd, IncubatorRing.CONNECT, 0);
        }
        return removed;
    }

    /** What it asked for after its deregistration, as nobody removes its polls then, would keep the connection from its end. */
    private void endDeregistered(int fd, Channel closed) {
        // Told of by another thread, when another loop has refused and forgotten it.
        if (ring.isOfThisThread() && !closed.isRegistered() && super.get(fd) == closed) {
            endRequests(List.of(closed));
        }
    }

    // ---- end of the loop

    /** The loop asks this as it ends, takes no tasks any more, and waits in the ring as long as the answer is no. */
    @Override
    public boolean isEmpty() {
        if (!super.isEmpty() && ring.takesNoTasks()) {
            endThoseThatCannotEnd();
        }
        return super.isEmpty();
    }

    private void endThoseThatCannotEnd() {
        List<Channel> stuck = new ArrayList<>(values());
        ring.submit();
        // All that is missing is in the ring: it leaves when the loop has read that.
        stuck.removeIf(
                channel -> !channel.isOpen() && !channel.isRegistered() && ring.completionsOf(numberOf(channel)) > 0);
        for (Channel channel : stuck) {
            if (channel.isOpen()) {
                IoUringEngine.shutDown(channel);
            }
        }
        endRequests(stuck);
        for (Channel channel : stuck) {
            IncubatorAccess.forgetRequests(channel);
            IncubatorAccess.processDelayedClose(channel);
            channel.unsafe().close(channel.unsafe().voidPromise());
            releaseLostRead(channel);
            super.remove(numberOf(channel));
        }
        // The closes are only queued.
        ring.submit();
    }

    /** From here on the completions of all they have asked of the ring are there, and no more come. */
    private void endRequests(List<Channel> channels) {
        for (Channel channel : channels) {
            IncubatorAccess.forEachRequest(
                    channel, (operation, data) -> ring.cancel(numberOf(channel), operation, data));
        }
        ring.submit();
        for (Channel channel : channels) {
            IncubatorAccess.forEachRequest(
                    channel, (operation, data) -> ring.awaitCompletion(numberOf(channel), operation, data));
        }
    }

    /** After {@link #endRequests}: their completions are nobody's. */
    private static void forgetRequests(Channel channel) {
        IncubatorAccess.forgetRequests(channel);
        releaseLostRead(channel);
    }

    /** After the submission of its end. */
    private static void releaseLostRead(Channel channel) {
        ByteBuf lost = channel instanceof IOUringSocketChannel socket ? IncubatorAccess.lostRead(socket) : null;
        if (lost != null) {
            lost.release();
        }
    }

    private static int numberOf(Channel channel) {
        return ((UnixChannel) channel).fd().intValue();
    }
}
