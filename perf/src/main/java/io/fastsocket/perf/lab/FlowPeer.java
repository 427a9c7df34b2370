package io.fastsocket.perf.lab;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.string.StringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The other end of a test bed, on stock Netty: answers a byte with a byte and closes first, so that the side under test keeps no
 * TIME_WAIT; and connects to it when told to, {@code HOST PORT COUNT} on the control port, answering with a line when done.
 */
public final class FlowPeer {
    /** The ports it answers on, and the control port after them. */
    static final int FIRST_PORT = 7001;

    static final int PORTS = 2;
    static final int CONTROL_PORT = FIRST_PORT + PORTS;

    private static final int THREADS = 2;
    private static final int BACKLOG = 4096;
    /** Connections that it opens at a time. */
    private static final int IN_FLIGHT = 32;

    private FlowPeer() {}

    /** Runs until it is killed. */
    public static void main(String[] args) throws InterruptedException {
        EventLoopGroup group = new NioEventLoopGroup(THREADS);
        ServerBootstrap answering = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG);
        for (int i = 0; i < PORTS; i++) {
            answering
                    .clone()
                    .childHandler(new ChannelInitializer<SocketChannel>() {
                        @Override
                        protected void initChannel(SocketChannel channel) {
                            channel.pipeline().addLast(new Answer());
                        }
                    })
                    .bind(FIRST_PORT + i)
                    .sync();
        }
        answering
                .clone()
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline()
                                .addLast(new LineBasedFrameDecoder(256), new StringDecoder(StandardCharsets.US_ASCII))
                                .addLast(new Control(group));
                    }
                })
                .bind(CONTROL_PORT)
                .sync();
    }

    private static final class Answer extends SimpleChannelInboundHandler<ByteBuf> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, ByteBuf request) {
            ctx.writeAndFlush(request.retain()).addListener(ChannelFutureListener.CLOSE);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    /** One order at a time. */
    private static final class Control extends SimpleChannelInboundHandler<String> {
        private final EventLoopGroup group;

        Control(EventLoopGroup group) {
            this.group = group;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, String line) {
            String[] words = line.split(" ", -1);
            int count = Integer.parseInt(words[2]);
            AtomicInteger toStart = new AtomicInteger(count);
            AtomicInteger toEnd = new AtomicInteger(count);
            Bootstrap visiting = new Bootstrap()
                    .group(group)
                    .channel(NioSocketChannel.class)
                    .remoteAddress(words[0], Integer.parseInt(words[1]));
            for (int i = 0; i < IN_FLIGHT; i++) {
                visit(visiting, toStart, toEnd, ctx.channel());
            }
        }

        private void visit(Bootstrap visiting, AtomicInteger toStart, AtomicInteger toEnd, Channel control) {
            if (toStart.getAndDecrement() <= 0) {
                return;
            }
            Bootstrap one = visiting.clone().handler(new SimpleChannelInboundHandler<ByteBuf>() {
                @Override
                public void channelActive(ChannelHandlerContext ctx) {
                    ctx.writeAndFlush(Unpooled.wrappedBuffer(new byte[1]));
                }

                @Override
                protected void channelRead0(ChannelHandlerContext ctx, ByteBuf answer) {
                    ctx.close();
                }

                @Override
                public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                    ctx.close();
                }
            });
            one.connect().channel().closeFuture().addListener(closed -> {
                visit(visiting, toStart, toEnd, control);
                if (toEnd.decrementAndGet() == 0) {
                    control.writeAndFlush(Unpooled.copiedBuffer("done\n", StandardCharsets.US_ASCII));
                }
            });
        }
    }
}
