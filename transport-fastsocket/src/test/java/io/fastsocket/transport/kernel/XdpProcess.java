package io.fastsocket.transport.kernel;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The process that {@link XdpBed} runs at each end of a link: a line of output for each line of commands, until there are
 * no more. Server and client exchange a byte each way, and each then tells on which CPU the other's last packet arrived.
 */
final class XdpProcess {
    private static final long CONNECTION_MILLIS_MAX = 10_000;

    private final List<AutoCloseable> attached = new ArrayList<>();
    private final ConcurrentLinkedQueue<Integer> accepted = new ConcurrentLinkedQueue<>();

    private XdpProcess() {}

    public static void main(String[] args) throws Exception {
        XdpProcess process = new XdpProcess();
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            System.out.println(process.answerOrSayWhyNot(line.split(" ", -1)));
        }
        // Whatever its event loops do.
        Runtime.getRuntime().halt(0);
    }

    private String answerOrSayWhyNot(String[] words) {
        try {
            return answer(words);
        } catch (Exception | LinkageError failed) {
            return "failed: " + failed;
        }
    }

    private String answer(String[] words) throws Exception {
        return switch (words[0]) {
            case "steer" -> steer(words);
            case "scramble" -> scramble(words);
            case "detach" -> detach();
            case "serve" -> serve(words);
            case "connect" -> connect(words);
            case "accepted" -> accepted();
            case "files" -> String.valueOf(bpfFiles());
            default -> throw new IllegalArgumentException(words[0]);
        };
    }

    /** steer INTERFACE MODE,MODE FIRST COUNT CPU,CPU,... */
    private String steer(String[] words) {
        try {
            PortBits ports = new PortBits(Integer.parseInt(words[3]), Integer.parseInt(words[4]), numbers(words[5]));
            List<XdpMode> modes =
                    Arrays.stream(words[2].split(",", -1)).map(XdpMode::valueOf).toList();
            XdpPortSteering steering = XdpPortSteering.attach(words[1], ports, modes);
            attached.add(steering);
            return steering.mode()
                    + steering.nativeRefused().map(why -> " " + why).orElse("");
        } catch (BpfException refused) {
            return String.valueOf(refused.getMessage());
        }
    }

    /** scramble INTERFACE SECRET CPU,CPU,... */
    private String scramble(String[] words) throws BpfException {
        XdpScrambledNic card = XdpScrambledNic.attach(words[1], Long.parseLong(words[2]), numbers(words[3]));
        attached.add(card);
        return card.mode().toString();
    }

    private String detach() throws Exception {
        for (AutoCloseable one : attached) {
            one.close();
        }
        attached.clear();
        return "detached";
    }

    /** serve PORT */
    private String serve(String[] words) throws Exception {
        new ServerBootstrap()
                .group(new EpollEventLoopGroup(1))
                .channel(EpollServerSocketChannel.class)
                .childHandler(new Greet())
                .bind(Integer.parseInt(words[1]))
                .sync();
        return "serving";
    }

    /** connect HOST PORT FIRST STEP COUNT: one connection after the other, from these local ports. */
    private static String connect(String[] words) throws Exception {
        int step = Integer.parseInt(words[4]);
        int count = Integer.parseInt(words[5]);
        List<Integer> cpus = new ArrayList<>();
        EpollEventLoopGroup group = new EpollEventLoopGroup(1);
        Bootstrap bootstrap = new Bootstrap()
                .group(group)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECTION_MILLIS_MAX)
                .option(ChannelOption.SO_REUSEADDR, true)
                // The port is free again at once.
                .option(ChannelOption.SO_LINGER, 0)
                .handler(new Answer(cpus));
        for (int i = 0; i < count; i++) {
            Channel channel = bootstrap
                    .connect(
                            new InetSocketAddress(words[1], Integer.parseInt(words[2])),
                            new InetSocketAddress(Integer.parseInt(words[3]) + i * step))
                    .sync()
                    .channel();
            if (!channel.closeFuture().await(CONNECTION_MILLIS_MAX)) {
                throw new TimeoutException(channel.toString());
            }
        }
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        return cpus.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }

    /** Since it was last asked. */
    private String accepted() {
        List<String> cpus = new ArrayList<>();
        for (Integer cpu = accepted.poll(); cpu != null; cpu = accepted.poll()) {
            cpus.add(cpu.toString());
        }
        return String.join(" ", cpus);
    }

    private static long bpfFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.filter(XdpProcess::isBpf).count();
        }
    }

    private static boolean isBpf(Path file) {
        try {
            return Files.readSymbolicLink(file).toString().contains("bpf");
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    private static List<Integer> numbers(String list) {
        return Arrays.stream(list.split(",", -1)).map(Integer::valueOf).toList();
    }

    private static int incomingCpu(Channel connection) throws IOException {
        return SocketOptions.incomingCpu((Socket) ((UnixChannel) connection).fd());
    }

    @ChannelHandler.Sharable
    private final class Greet extends SimpleChannelInboundHandler<ByteBuf> {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ctx.writeAndFlush(ctx.alloc().buffer(1).writeByte('!'));
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, ByteBuf answer) throws IOException {
            accepted.add(incomingCpu(ctx.channel()));
            ctx.close();
        }
    }

    @ChannelHandler.Sharable
    private static final class Answer extends SimpleChannelInboundHandler<ByteBuf> {
        private final List<Integer> cpus;

        Answer(List<Integer> cpus) {
            this.cpus = cpus;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, ByteBuf greeting) throws IOException {
            cpus.add(incomingCpu(ctx.channel()));
            ctx.writeAndFlush(ctx.alloc().buffer(1).writeByte('!'));
        }
    }
}
