package io.fastsocket.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastsocket.affinity.CpuSet;
import io.fastsocket.affinity.PlacementPolicy;
import io.fastsocket.transport.engine.Engine;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.incubator.channel.uring.IOUringEventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.openhft.affinity.Affinity;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class EventLoopGroupTest {
    private final List<FastSocketEventLoopGroup> groups = new ArrayList<>();

    @AfterEach
    void endGroups() throws Exception {
        for (FastSocketEventLoopGroup group : groups) {
            assertThat(group.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(20, TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    private FastSocketEventLoopGroup start(FastSocketEventLoopGroupBuilder builder) {
        FastSocketEventLoopGroup group = builder.build();
        groups.add(group);
        return group;
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void everyLoopRunsPinnedOnItsCpuFromTheStart(Engine engine) throws Exception {
        FastSocketEventLoopGroup group =
                start(FastSocketEventLoopGroup.builder().engine(engine));

        CpuSet allowed = OnCpu.allowed();
        assertThat(group.loopStats()).hasSize(allowed.size());
        int index = 0;
        for (EventExecutor loop : group) {
            int expected = allowed.toArray()[index];
            assertThat(loop.submit(() -> CpuSet.copyOf(Affinity.getAffinity())).get())
                    .isEqualTo(CpuSet.of(expected));
            assertThat(loop.submit(() -> Thread.currentThread() instanceof FastThreadLocalThread)
                            .get())
                    .isTrue();
            assertThat(loop).isInstanceOf(SingleThreadEventExecutor.class);
            assertThat(((SingleThreadEventExecutor) loop).threadProperties().name())
                    .isEqualTo("fastsocket-" + index);
            index++;
        }
        assertThat(group.engine()).isEqualTo(engine);
        assertThat(group.plan().toString()).startsWith("loop   CPU  listener");
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void aLoopAsksItselfNext(Engine engine) throws Exception {
        FastSocketEventLoopGroup group =
                start(FastSocketEventLoopGroup.builder().engine(engine));

        for (EventExecutor loop : group) {
            for (int i = 0; i < 3; i++) {
                EventLoop next = loop.submit(() -> group.next()).get();
                assertThat(next).isSameAs(loop);
            }
        }
        List<EventExecutor> all = new ArrayList<>();
        group.forEach(all::add);
        List<EventExecutor> turns = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            turns.add(group.next());
        }
        assertThat(turns).containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    void moreLoopsThanCpusStartsFewerAndSaysWhatToChange() {
        int cpus = OnCpu.allowed().size();

        FastSocketEventLoopGroup group =
                start(FastSocketEventLoopGroup.builder().loops(cpus + 3));

        assertThat(group.loopStats()).hasSize(cpus);
        assertThat(capability(group, "placement").whyNotMore())
                .hasValueSatisfying(
                        why -> assertThat(why).contains("loops=" + (cpus + 3)).contains("fix:"));
    }

    @Test
    void unpinnedLoopsAreNotSteered() {
        FastSocketEventLoopGroup group = start(FastSocketEventLoopGroup.builder()
                .placement(PlacementPolicy.none())
                .loops(3));

        assertThat(group.loopStats()).extracting(LoopStats::cpu).containsExactly(-1, -1, -1);
        assertThat(capability(group, "placement").chosen()).isEqualTo("unpinned");
    }

    private static Capability capability(FastSocketEventLoopGroup group, String name) {
        return group.capabilities().stream()
                .filter(capability -> capability.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL", "NIO"})
    void givesTheGenuineGroupsAway(Engine engine) {
        FastSocketEventLoopGroup group =
                start(FastSocketEventLoopGroup.builder().engine(engine));

        Class<?> genuine =
                switch (engine) {
                    case IO_URING -> IOUringEventLoopGroup.class;
                    case EPOLL -> EpollEventLoopGroup.class;
                    default -> NioEventLoopGroup.class;
                };
        assertThat(group.unwrap()).hasSize(OnCpu.allowed().size()).hasOnlyElementsOfType(genuine);
        SocketChannel client = group.socketChannelFactory().newChannel();
        assertThat(client).isInstanceOf(group.socketChannelClass());
        client.unsafe().closeForcibly();
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void endsOnceAndSaysSo(Engine engine) throws Exception {
        FastSocketEventLoopGroup group =
                start(FastSocketEventLoopGroup.builder().engine(engine));
        assertThat(group.isShuttingDown()).isFalse();

        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        group.shutdownGracefully();

        assertThat(group.isShuttingDown()).isTrue();
        assertThat(group.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        assertThat(group.isShutdown()).isTrue();
        assertThat(group.isTerminated()).isTrue();
    }

    @Test
    void aWrongShutdownIsRefusedAndARightOneStillWorks() throws Exception {
        FastSocketEventLoopGroup group = start(FastSocketEventLoopGroup.builder());

        assertThatThrownBy(() -> group.shutdownGracefully(5, 2, TimeUnit.SECONDS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("quietPeriod=5, timeout=2 (expected 0 <= quietPeriod <= timeout)");

        assertThat(group.shutdownGracefully(0, 2, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS))
                .isTrue();
    }

    @Test
    void startsOnAnInterruptedThread() {
        Thread.currentThread().interrupt();
        FastSocketEventLoopGroup group;
        try {
            group = start(FastSocketEventLoopGroup.builder());
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
        assertThat(group.loopStats()).isNotEmpty();
    }

    @Test
    void refusesNumbersOutOfRange() {
        assertThatThrownBy(() -> FastSocketEventLoopGroup.builder().loops(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("build failed on event loop group: loops=-1 (expected 0..8192)");
        assertThatThrownBy(() -> FastSocketEventLoopGroup.builder().ringSize(0))
                .hasMessage("build failed on event loop group: ringSize=0 (expected 1..32768)");
        assertThatThrownBy(() -> FastSocketEventLoopGroup.builder().ringSize(32769))
                .hasMessageContaining("(expected 1..32768)");
    }

    @Test
    void saysThatItIsAvailable() {
        assertThat(FastSocket.isAvailable()).isTrue();
        assertThat(FastSocket.unavailabilityCause()).isNull();
        FastSocket.ensureAvailability();
    }
}
