package io.fastsocket.examples.upstream;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.channel.pool.ChannelHealthChecker;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Says whether a connection may carry the next work. One that is taken from the idle ones is looked at again after
 * whatever the loop has been told of meanwhile is handled, and its socket is asked: what has arrived and was not asked
 * for would be taken for the answer to what is sent next. Used on one event loop.
 */
final class HealthCheck implements ChannelHealthChecker {
    private final IdleConnections idle;
    private final ByteBuffer unasked = ByteBuffer.allocateDirect(1);

    HealthCheck(IdleConnections idle) {
        this.idle = idle;
    }

    @Override
    public Future<Boolean> isHealthy(Channel channel) {
        EventLoop loop = channel.eventLoop();
        IdleState state = IdleState.of(channel);
        if (!state.taken || !isUsable(channel, state)) {
            return loop.newSucceededFuture(isUsable(channel, state));
        }
        Promise<Boolean> healthy = loop.newPromise();
        afterWhatHasArrived(channel, () -> {
            if (isUsable(channel, state) && hasUnread(channel)) {
                idle.lost(channel, state);
            }
            healthy.trySuccess(isUsable(channel, state));
        });
        return healthy;
    }

    private static boolean isUsable(Channel channel, IdleState state) {
        return channel.isActive() && !state.spoilt;
    }

    /**
     * Behind the events of this turn of the loop. A socket of NIO cannot be asked, so there the loop asks for events once
     * more.
     */
    private static void afterWhatHasArrived(Channel channel, Runnable check) {
        EventLoop loop = channel.eventLoop();
        if (!(channel instanceof UnixChannel) && loop instanceof SingleThreadEventLoop turning) {
            turning.executeAfterEventLoopIteration(() -> loop.execute(check));
        } else {
            loop.execute(check);
        }
    }

    /** Whether there are bytes or an end that were not read. A byte that is read by this is lost: so is the connection. */
    private boolean hasUnread(Channel channel) {
        if (channel instanceof UnixChannel unix) {
            FileDescriptor socket = unix.fd();
            try {
                // The sockets of both engines do not block: 0 is EAGAIN.
                return socket.read(unasked, 0, 1) != 0;
            } catch (IOException e) {
                return true;
            }
        }
        return false;
    }
}
