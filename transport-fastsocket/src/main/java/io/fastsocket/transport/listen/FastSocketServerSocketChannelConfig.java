package io.fastsocket.transport.listen;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.ServerSocketChannelConfig;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.util.NetUtil;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The options of the one server channel, copied to every listener: those set before bind when the listeners are made,
 * later ones, by {@code setOption}, at once. Which options exist is decided by the engine, known at bind; one it does not have is then reported
 * with a WARN, as ServerBootstrap does.
 */
final class FastSocketServerSocketChannelConfig extends DefaultChannelConfig implements ServerSocketChannelConfig {
    private static final InternalLogger logger =
            InternalLoggerFactory.getInstance(FastSocketServerSocketChannelConfig.class);

    private final FastSocketServerSocketChannel server;
    private final Map<ChannelOption<?>, Object> listenerOptions = new LinkedHashMap<>();
    /** Options no listener has, told of once and not once a loop. */
    private final Set<ChannelOption<?>> unknown = ConcurrentHashMap.newKeySet();

    FastSocketServerSocketChannelConfig(FastSocketServerSocketChannel server) {
        super(server);
        this.server = server;
    }

    /** Whether the user wants to share the port with listeners that are not ours. */
    boolean sharesPortWithOthers() {
        return Boolean.TRUE.equals(remembered(UnixChannelOption.SO_REUSEPORT));
    }

    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        Map<ChannelOption<?>, Object> options = getOptions(
                super.getOptions(), ChannelOption.SO_RCVBUF, ChannelOption.SO_REUSEADDR, ChannelOption.SO_BACKLOG);
        synchronized (listenerOptions) {
            options.putAll(listenerOptions);
        }
        return options;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> @Nullable T getOption(ChannelOption<T> option) {
        if (option.equals(ChannelOption.SO_RCVBUF)) {
            return (T) Integer.valueOf(getReceiveBufferSize());
        }
        if (option.equals(ChannelOption.SO_REUSEADDR)) {
            return (T) Boolean.valueOf(isReuseAddress());
        }
        if (option.equals(ChannelOption.SO_BACKLOG)) {
            return (T) Integer.valueOf(getBacklog());
        }
        Object known = remembered(option);
        return known != null ? (T) known : super.getOption(option);
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        validate(option, value);
        if (option.equals(UnixChannelOption.SO_REUSEPORT) && Boolean.FALSE.equals(value)) {
            logger.warn(
                    "SO_REUSEPORT=false ignored on {}: every loop has a listener of its own; fix: remove the option,"
                            + " or use one loop",
                    server);
            return true;
        }
        super.setOption(option, value);
        if (option.equals(ChannelOption.AUTO_READ)) {
            // Given to the listeners as reads, and taken back by autoReadCleared.
            return true;
        }
        synchronized (listenerOptions) {
            listenerOptions.put(option, value);
        }
        server.forEachListener(listener -> apply(listener, option, value));
        return true;
    }

    /** Gives a new listener what was set so far. */
    void applyTo(ServerSocketChannel listener) {
        listener.config().setAllocator(getAllocator()).setAutoRead(false);
        Map<ChannelOption<?>, Object> options;
        synchronized (listenerOptions) {
            options = new LinkedHashMap<>(listenerOptions);
        }
        options.forEach((option, value) -> apply(listener, option, value));
    }

    @SuppressWarnings("unchecked")
    private void apply(ServerSocketChannel listener, ChannelOption<?> option, Object value) {
        try {
            if (!listener.config().setOption((ChannelOption<Object>) option, value) && unknown.add(option)) {
                logger.warn("Unknown channel option '{}' for channel '{}'", option, server);
            }
        } catch (RuntimeException refused) {
            logger.warn(
                    "Failed to set channel option '{}' with value '{}' for channel '{}'",
                    option,
                    value,
                    listener,
                    refused);
        }
    }

    private @Nullable Object remembered(ChannelOption<?> option) {
        synchronized (listenerOptions) {
            return listenerOptions.get(option);
        }
    }

    @Override
    protected void autoReadCleared() {
        server.forEachListener(listener -> listener.config().setAutoRead(false));
    }

    // ---- ServerSocketChannelConfig

    @Override
    public int getBacklog() {
        return remembered(ChannelOption.SO_BACKLOG) instanceof Integer backlog ? backlog : NetUtil.SOMAXCONN;
    }

    @Override
    public ServerSocketChannelConfig setBacklog(int backlog) {
        setOption(ChannelOption.SO_BACKLOG, backlog);
        return this;
    }

    /** True unless set otherwise: a restarted server must not wait for TIME_WAIT, and native transports set it too. */
    @Override
    public boolean isReuseAddress() {
        return !Boolean.FALSE.equals(remembered(ChannelOption.SO_REUSEADDR));
    }

    @Override
    public ServerSocketChannelConfig setReuseAddress(boolean reuseAddress) {
        setOption(ChannelOption.SO_REUSEADDR, reuseAddress);
        return this;
    }

    /** @return the size set here, in bytes, or 0 for the system's default */
    @Override
    public int getReceiveBufferSize() {
        return remembered(ChannelOption.SO_RCVBUF) instanceof Integer bytes ? bytes : 0;
    }

    @Override
    public ServerSocketChannelConfig setReceiveBufferSize(int receiveBufferSize) {
        setOption(ChannelOption.SO_RCVBUF, receiveBufferSize);
        return this;
    }

    /** The JDK ignores these too. */
    @Override
    public ServerSocketChannelConfig setPerformancePreferences(int connectionTime, int latency, int bandwidth) {
        return this;
    }

    @Override
    public ServerSocketChannelConfig setConnectTimeoutMillis(int connectTimeoutMillis) {
        super.setConnectTimeoutMillis(connectTimeoutMillis);
        return this;
    }

    @Override
    @Deprecated
    public ServerSocketChannelConfig setMaxMessagesPerRead(int maxMessagesPerRead) {
        super.setMaxMessagesPerRead(maxMessagesPerRead);
        return this;
    }

    @Override
    public ServerSocketChannelConfig setWriteSpinCount(int writeSpinCount) {
        super.setWriteSpinCount(writeSpinCount);
        return this;
    }

    @Override
    public ServerSocketChannelConfig setAllocator(ByteBufAllocator allocator) {
        super.setAllocator(allocator);
        return this;
    }

    @Override
    public ServerSocketChannelConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
        super.setRecvByteBufAllocator(allocator);
        return this;
    }

    @Override
    public ServerSocketChannelConfig setAutoRead(boolean autoRead) {
        super.setAutoRead(autoRead);
        return this;
    }

    @Override
    public ServerSocketChannelConfig setMessageSizeEstimator(MessageSizeEstimator estimator) {
        super.setMessageSizeEstimator(estimator);
        return this;
    }

    @Override
    public ServerSocketChannelConfig setWriteBufferWaterMark(WriteBufferWaterMark writeBufferWaterMark) {
        super.setWriteBufferWaterMark(writeBufferWaterMark);
        return this;
    }

    @Override
    public ServerSocketChannelConfig setWriteBufferHighWaterMark(int writeBufferHighWaterMark) {
        super.setWriteBufferHighWaterMark(writeBufferHighWaterMark);
        return this;
    }

    @Override
    public ServerSocketChannelConfig setWriteBufferLowWaterMark(int writeBufferLowWaterMark) {
        super.setWriteBufferLowWaterMark(writeBufferLowWaterMark);
        return this;
    }
}
