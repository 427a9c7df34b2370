package io.fastsocket.peers.stock;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.pool.AbstractChannelPoolHandler;
import io.netty.channel.pool.ChannelPool;
import io.netty.channel.pool.SimpleChannelPool;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpServerCodec;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A reverse proxy to one origin as applications of Netty have it: a connection to the origin lives on the event loop of the
 * client's, and comes from a pool of Netty's, one for each loop.
 */
final class PlainProxy extends ChannelInitializer<SocketChannel> {
    private final Bootstrap bootstrap;
    private final String origin;
    private final boolean keep;
    private final Map<EventLoop, ChannelPool> pools = new ConcurrentHashMap<>();

    /** @param keep whether connections to the origin are kept for the next request, or closed after one */
    PlainProxy(InetSocketAddress origin, Class<? extends SocketChannel> channelClass, boolean keep) {
        this.bootstrap = new Bootstrap().channel(channelClass).remoteAddress(origin);
        this.origin = origin.getHostString() + ":" + origin.getPort();
        this.keep = keep;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
        ChannelPool pool = pools.computeIfAbsent(channel.eventLoop(), this::newPool);
        channel.pipeline().addLast(new HttpServerCodec(), new ClientHandler(channel, pool, origin, keep));
    }

    private ChannelPool newPool(EventLoop loop) {
        return new SimpleChannelPool(bootstrap.clone(loop), new AbstractChannelPoolHandler() {
            @Override
            public void channelCreated(Channel channel) {
                channel.pipeline().addLast(new HttpClientCodec(), new OriginHandler());
            }
        });
    }
}
