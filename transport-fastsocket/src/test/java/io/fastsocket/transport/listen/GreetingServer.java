package io.fastsocket.transport.listen;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fastsocket.affinity.PlacementPolicy;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.metrics.FastSocketMetrics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
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
import java.util.List;

/**
 * The process that {@link ServerProcess} runs and the tests starve: sends one byte on each connection and keeps it until
 * the client closes it. Tells its port and the threads of its loops, then answers each line on its standard input with
 * what the meters of its loops count, and ends with it.
 *
 * <p>Arguments: the engine, the number of loops, and {@code auto} or {@code asked}: whether it reads by auto-read or asks
 * for each next connection when one was taken.
 */
final class GreetingServer {
    private static final List<String> CAUSES = List.of("process-files", "system-files", "memory", "other");

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

        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new FastSocketMetrics(group).bindTo(registry);
        // What is used later is loaded from files, for which there may be no descriptor then.
        counts(registry);
        StringBuilder line = new StringBuilder();
        line.append(((InetSocketAddress) server.localAddress()).getPort());
        for (EventExecutor loop : group) {
            line.append(' ').append(loop.submit(GreetingServer::threadId).get());
        }
        System.out.println(line);

        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        while (commands.readLine() != null) {
            System.out.println(counts(registry));
        }
        Runtime.getRuntime().halt(server.isActive() ? 0 : 1);
    }

    /** Of each loop: its errors, and its pauses by cause, as {@link ServerProcess.Counts} has them. */
    private static String counts(MeterRegistry registry) {
        StringBuilder line = new StringBuilder();
        int loop = 0;
        for (FunctionCounter errors = counter(registry, "errors", loop, Tags.empty());
                errors != null;
                errors = counter(registry, "errors", ++loop, Tags.empty())) {
            line.append((int) errors.count()).append(' ');
            for (String cause : CAUSES) {
                line.append((int) counter(registry, "pauses", loop, Tags.of("cause", cause))
                                .count())
                        .append(' ');
            }
        }
        return line.toString();
    }

    private static FunctionCounter counter(MeterRegistry registry, String of, int loop, Tags tags) {
        return registry.find("fastsocket.accept." + of)
                .tags(tags.and("loop", Integer.toString(loop)))
                .functionCounter();
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
