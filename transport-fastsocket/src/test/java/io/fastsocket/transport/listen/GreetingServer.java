package io.fastsocket.transport.listen;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fastsocket.affinity.PlacementPolicy;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.LoopStats;
import io.fastsocket.transport.engine.Engine;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.util.concurrent.EventExecutor;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The process that {@link ServerProcess} runs and the tests starve: sends one byte on each connection and keeps it until
 * the client closes it. Tells its port and the threads of its loops, then answers each line on its standard input with
 * the counts of its loops, and ends with it.
 *
 * <p>Arguments: the engine, the number of loops, and {@code auto} or {@code asked}: whether it reads by auto-read or asks
 * for each next connection when one was taken.
 */
final class GreetingServer {
    private GreetingServer() {}

    public static void main(String[] args) throws Exception {
        boolean autoRead = args[2].equals("auto");
        FastSocketEventLoopGroup group = FastSocketEventLoopGroup.builder()
                .engine(Engine.valueOf(args[0]))
                .loops(Integer.parseInt(args[1]))
                .placement(PlacementPolicy.none())
                .steering(SteeringPolicy.kernelHash())
                .build();
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(group)
                .channel(FastSocketServerSocketChannel.class)
                .option(ChannelOption.AUTO_READ, autoRead)
                .childHandler(new Greet());
        if (!autoRead) {
            bootstrap.handler(new AskForMore());
        }
        Channel server = bootstrap.bind("127.0.0.1", 0).sync().channel();

        // Its class is loaded from a file, for which there may be no descriptor later.
        group.loopStats();
        StringBuilder line = new StringBuilder();
        line.append(((InetSocketAddress) server.localAddress()).getPort());
        for (EventExecutor loop : group) {
            line.append(' ').append(loop.submit(GreetingServer::threadId).get());
        }
        System.out.println(line);

        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        while (commands.readLine() != null) {
            line.setLength(0);
            for (LoopStats loop : group.loopStats()) {
                line.append(loop.acceptErrors())
                        .append(' ')
                        .append(loop.acceptPauses().total())
                        .append(' ');
            }
            System.out.println(line);
        }
        Runtime.getRuntime().halt(server.isActive() ? 0 : 1);
    }

    /** The kernel's number of the current thread. */
    private static String threadId() throws Exception {
        return Files.readSymbolicLink(Path.of("/proc/thread-self"))
                .getFileName()
                .toString();
    }

    @ChannelHandler.Sharable
    private static final class Greet extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ctx.writeAndFlush(ctx.alloc().buffer(1).writeByte('!'));
        }

        @Override
        @SuppressWarnings("deprecation")
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    private static final class AskForMore extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ctx.read();
            ctx.fireChannelActive();
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            ctx.fireChannelReadComplete();
            ctx.read();
        }
    }
}
