package io.fastsocket.transport.engine;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.channel.epoll.EpollEventLoop;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;

/**
 * The channels of one epoll loop by file number, in the place of Netty's own map, which it asks once for each event. What
 * one epoll_wait(2) told is handled event by event: a handler may close a connection whose event is still to come, and open another,
 * which gets its number and with it the event. An end or an error of the one before closes one that is just connecting. Here the event
 * goes to the channel it belongs to, which is closed and makes nothing of it. Used by its loop alone.
 */
final class EpollChannels extends IntObjectHashMap<Channel> {
    private static final int CAPACITY_INITIAL = 4096;
    /** A map is cleared at the cost of the most it ever held. */
    private static final int GONE_KEPT_MAX = 1000;

    private static final InternalLogger logger = InternalLoggerFactory.getInstance(EpollChannels.class);

    /** {@code IntObjectMap EpollEventLoop.channels}; final, therefore not a VarHandle. */
    private static final @Nullable Field CHANNELS = find();

    private final SingleThreadEventLoop loop;
    /** Those that were taken out since the loop has waited for events. */
    private IntObjectHashMap<Channel> gone = new IntObjectHashMap<>();

    EpollChannels(SingleThreadEventLoop loop) {
        super(CAPACITY_INITIAL);
        this.loop = loop;
    }

    private static @Nullable Field find() {
        try {
            Field channels = EpollEventLoop.class.getDeclaredField("channels");
            channels.setAccessible(true);
            return channels;
        } catch (ReflectiveOperationException | RuntimeException refused) {
            logger.debug("No access to the channels of Netty's epoll loops: their events are not told apart", refused);
            return null;
        }
    }

    /** Gives {@code loop} such a map. Before the loop runs. Where the JVM refuses it, the loop keeps Netty's. */
    static void install(EventLoop loop) {
        if (CHANNELS == null) {
            return;
        }
        try {
            CHANNELS.set(loop, new EpollChannels((SingleThreadEventLoop) loop));
        } catch (IllegalAccessException | RuntimeException refused) {
            logger.debug("No map of our own for {}: its events are not told apart", loop, refused);
        }
    }

    @Override
    public @Nullable Channel get(int fd) {
        Channel channel = super.get(fd);
        Channel before = channel == null || gone.isEmpty() ? null : gone.get(fd);
        return before == null ? channel : before;
    }

    @Override
    public @Nullable Channel put(int fd, Channel channel) {
        Channel before = super.put(fd, channel);
        keep(fd, before);
        return before;
    }

    @Override
    public @Nullable Channel remove(int fd) {
        Channel removed = super.remove(fd);
        keep(fd, removed);
        return removed;
    }

    private void keep(int fd, @Nullable Channel channel) {
        // Events are handled before tasks, and a loop that takes none any more handles no events either.
        if (channel == null || gone.containsKey(fd) || loop.isShutdown()) {
            return;
        }
        if (gone.isEmpty()) {
            loop.executeAfterEventLoopIteration(this::forgetGone);
        }
        gone.put(fd, channel);
    }

    private void forgetGone() {
        if (gone.size() > GONE_KEPT_MAX) {
            gone = new IntObjectHashMap<>();
        } else {
            gone.clear();
        }
    }
}
