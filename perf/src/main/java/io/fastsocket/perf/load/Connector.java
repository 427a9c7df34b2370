package io.fastsocket.perf.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Makes the connections of a load: the request's bytes and the way to open a channel, once for each target. */
final class Connector implements AutoCloseable {
    private final LoadWork work;
    private final ChannelFactory<? extends Channel> channels;
    private final List<ByteBuf> requests = new ArrayList<>();
    private final @Nullable SslContext tls;

    Connector(LoadWork work, ChannelFactory<? extends Channel> channels) {
        this.work = work;
        this.channels = channels;
        this.tls = work.targets().stream().anyMatch(Target::tls) ? trustingAll() : null;
        for (Target target : work.targets()) {
            byte[] bytes = request(target).getBytes(US_ASCII);
            requests.add(Unpooled.unreleasableBuffer(
                    Unpooled.directBuffer(bytes.length).writeBytes(bytes)));
        }
    }

    private static SslContext trustingAll() {
        try {
            return SslContextBuilder.forClient()
                    .trustManager(InsecureTrustManagerFactory.INSTANCE)
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("cannot load over TLS: " + e.getMessage(), e);
        }
    }

    private String request(Target target) {
        StringBuilder request = new StringBuilder("GET ")
                .append(target.path())
                .append(" HTTP/1.1\r\nHost: ")
                .append(target.host())
                .append("\r\n");
        if (work.newConnections()) {
            request.append("Connection: close\r\n");
        }
        work.fields().forEach(field -> request.append(field).append("\r\n"));
        return request.append("\r\n").toString();
    }

    /**
     * A connection, not yet open.
     *
     * @param index decides on the target
     */
    ClientConnection connection(LoopLoad load, EventLoop loop, int index) {
        int targetIndex = index % work.targets().size();
        Target target = work.targets().get(targetIndex);
        ClientConnection connection =
                new ClientConnection(load, requests.get(targetIndex), work.pipelineDepth(), work.newConnections());
        // Connecting takes no timer: the connection's own check ends what takes too long. It also closes what fails: by
        // itself
        // the incubator's io_uring closes on a failed write while a read is under way, whose buffer then is never
        // released.
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channelFactory(channels)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .option(ChannelOption.AUTO_CLOSE, false)
                .disableResolver()
                .remoteAddress(target.address())
                .handler(target.tls() ? overTls(target, connection) : connection);
        connection.connectBy(bootstrap::connect);
        return connection;
    }

    private ChannelHandler overTls(Target target, ClientConnection connection) {
        SslContext context = Objects.requireNonNull(tls);
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                // The JDK finds the session to resume by the peer's name and port.
                SslHandler handler = work.tlsResumption()
                        ? context.newHandler(
                                channel.alloc(),
                                target.address().getHostString(),
                                target.address().getPort())
                        : context.newHandler(channel.alloc());
                handler.setHandshakeTimeoutMillis(0);
                channel.pipeline().addLast(handler, connection);
            }
        };
    }

    @Override
    public void close() {
        requests.forEach(request -> request.unwrap().release());
    }
}
