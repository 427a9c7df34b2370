package io.fastsocket.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.listen.FastSocketServerSocketChannel;
import io.fastsocket.transport.listen.OwnershipPolicy;
import io.fastsocket.transport.listen.SteeringPolicy;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The main promise: a connection lives on the loop of the CPU that received it. */
@Timeout(60)
class LocalityTest {
    /** As the kernel's own test of SO_INCOMING_CPU: 32 clients, here with 50 connections each. */
    private static final int CONNECTIONS_PER_CPU = 32 * 50;

    private FastSocketEventLoopGroup group;

    @AfterEach
    void end() throws Exception {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void everyConnectionLivesOnTheLoopOfItsCpu(Engine engine) throws Exception {
        group = FastSocketEventLoopGroup.builder()
                .engine(engine)
                .ownership(OwnershipPolicy.STAY_WITH_LISTENER)
                .build();

        assertAllLocal(SteeringPolicy.RECEIVING_CPU);
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void marksSteerAsTheProgramDoes(Engine engine) throws Exception {
        group = FastSocketEventLoopGroup.builder()
                .engine(engine)
                .steering(SteeringPolicy.incomingCpu())
                .ownership(OwnershipPolicy.STAY_WITH_LISTENER)
                .build();

        assertAllLocal(SteeringPolicy.INCOMING_CPU);
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void connectionsTheHashSendsElsewhereAreHandedOver(Engine engine) throws Exception {
        group = FastSocketEventLoopGroup.builder()
                .engine(engine)
                .steering(SteeringPolicy.kernelHash())
                .build();

        assertAllLocal(SteeringPolicy.KERNEL_HASH);
        long handedOver =
                group.loopStats().stream().mapToLong(LoopStats::handedOver).sum();
        long remote =
                group.loopStats().stream().mapToLong(LoopStats::acceptedRemote).sum();
        assertThat(handedOver).isEqualTo(remote);
        if (group.loopStats().size() > 1) {
            assertThat(handedOver).describedAs("the hash knows no CPUs").isPositive();
        }
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void aLayoutThatTurnsTheCpusRoundIsFollowed(Engine engine, @TempDir Path directory) throws Exception {
        List<Integer> cpus = new ArrayList<>();
        OnCpu.allowed().forEach(cpus::add);
        Collections.reverse(cpus);
        StringBuilder yaml = new StringBuilder("version: 1\ninterface: eth0\nloops:\n");
        for (int loop = 0; loop < cpus.size(); loop++) {
            yaml.append("  - {loop: " + loop + ", cpu: " + cpus.get(loop) + ", queues: [" + loop + "]}\n");
        }

        group = FastSocketEventLoopGroup.builder()
                .engine(engine)
                .layout(Files.writeString(directory.resolve("layout.yaml"), yaml))
                .ownership(OwnershipPolicy.STAY_WITH_LISTENER)
                .build();

        assertThat(group.plan().rows()).extracting(LoopPlan.Row::cpu).containsExactlyElementsOf(cpus);
        assertAllLocal(SteeringPolicy.RECEIVING_CPU);
    }

    private void assertAllLocal(SteeringPolicy expected) throws Exception {
        Channel server = new ServerBootstrap()
                .group(group)
                .channel(FastSocketServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel child) {
                        child.pipeline().addLast(new AnswerWithLoopIndex(group));
                    }
                })
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
        int port = ((InetSocketAddress) server.localAddress()).getPort();
        assertThat(group.capabilities())
                .contains(new Capability("steering", expected.label(), java.util.Optional.empty()));

        List<LoopStats> loops = group.loopStats();
        for (LoopStats loop : loops) {
            Map<Integer, Integer> answers = OnCpu.call(loop.cpu(), () -> connectAndAsk(port));

            assertThat(answers)
                    .describedAs("loop index -> connections, for clients on CPU %s", loop.cpu())
                    .containsExactly(Map.entry(loop.loopIndex(), CONNECTIONS_PER_CPU));
        }
        assertThat(group.loopStats().stream().mapToLong(LoopStats::accepted).sum())
                .isEqualTo((long) CONNECTIONS_PER_CPU * loops.size());
    }

    private static Map<Integer, Integer> connectAndAsk(int port) throws Exception {
        Map<Integer, Integer> answers = new java.util.TreeMap<>();
        List<Socket> open = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS_PER_CPU; i++) {
            Socket socket = new Socket("127.0.0.1", port);
            open.add(socket);
            answers.merge(socket.getInputStream().read(), 1, Integer::sum);
            if (open.size() == 50) {
                for (Socket done : open) {
                    done.close();
                }
                open.clear();
            }
        }
        for (Socket done : open) {
            done.close();
        }
        return answers;
    }

    /** Sends the index of the loop the connection lives on, as one byte. */
    private static final class AnswerWithLoopIndex extends ChannelInboundHandlerAdapter {
        private final FastSocketEventLoopGroup group;

        AnswerWithLoopIndex(FastSocketEventLoopGroup group) {
            this.group = group;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            int index = 0;
            int found = -1;
            for (io.netty.util.concurrent.EventExecutor loop : group) {
                if (loop == ctx.executor() && loop.inEventLoop()) {
                    found = index;
                }
                index++;
            }
            ctx.writeAndFlush(ctx.alloc().buffer(1).writeByte(found));
            ctx.fireChannelActive();
        }
    }
}
