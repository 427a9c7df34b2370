package io.fastsocket.transport.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.fastsocket.transport.FastSocket;
import io.fastsocket.transport.kernel.BpfInstruction;
import io.fastsocket.transport.kernel.SocketOptions;
import io.netty.channel.unix.Socket;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SteeringProgramTest {
    private static final int CPUS_MAX = 512;

    @Property(tries = 2_000)
    void answersTheListenerOfEveryKnownCpuAndTheHashForOthers(
            @ForAll @Size(max = 80) List<@IntRange(max = 600) Integer> cpus, @ForAll Random random) {
        List<Integer> distinct = new ArrayList<>(new java.util.LinkedHashSet<>(cpus));
        Collections.shuffle(distinct, random);
        SortedMap<Integer, Integer> listenerByCpu = new TreeMap<>();
        for (int index = 0; index < distinct.size(); index++) {
            listenerByCpu.put(distinct.get(index), index);
        }

        assertSteers(listenerByCpu);
    }

    @Test
    void steers512CpusInAnyOrderAndWithGaps() {
        for (int stride = 1; stride <= 3; stride++) {
            assertSteers(shuffled(stride, new Random(stride)));
        }
    }

    private static SortedMap<Integer, Integer> shuffled(int stride, Random random) {
        List<Integer> indexes = new ArrayList<>();
        for (int i = 0; i < CPUS_MAX; i++) {
            indexes.add(i);
        }
        Collections.shuffle(indexes, random);
        SortedMap<Integer, Integer> listenerByCpu = new TreeMap<>();
        for (int i = 0; i < CPUS_MAX; i++) {
            listenerByCpu.put(i * stride, indexes.get(i));
        }
        return listenerByCpu;
    }

    private static void assertSteers(SortedMap<Integer, Integer> listenerByCpu) {
        BpfInstruction[] program = SteeringProgram.compile(listenerByCpu);
        for (int cpu = 0; cpu < 3 * CPUS_MAX + 2; cpu++) {
            assertThat(BpfInterpreter.run(program, cpu))
                    .describedAs("CPU %s of %s", cpu, listenerByCpu)
                    .isEqualTo(listenerByCpu.getOrDefault(cpu, SteeringProgram.KERNEL_HASH));
        }
    }

    @Test
    void oneCpuAfterTheOtherIsAShortProgram() {
        SortedMap<Integer, Integer> inOrder = new TreeMap<>();
        for (int i = 0; i < CPUS_MAX; i++) {
            inOrder.put(i, i);
        }

        assertThat(SteeringProgram.compile(inOrder)).hasSize(4);
    }

    @Test
    void theKernelTakesTheLongestProgramFor512Cpus() throws Exception {
        assumeThat(FastSocket.isAvailable()).describedAs("native sockets").isTrue();
        Socket listener = Socket.newSocketStream();
        try {
            listener.setReusePort(true);
            listener.bind(new InetSocketAddress("127.0.0.1", 0));
            listener.listen(1);

            for (int stride = 1; stride <= 2; stride++) {
                BpfInstruction[] program = SteeringProgram.compile(shuffled(stride, new Random(stride)));
                assertThatCode(() -> SocketOptions.attachReuseportProgram(listener, program))
                        .describedAs("%s instructions", program.length)
                        .doesNotThrowAnyException();
            }
        } finally {
            listener.close();
        }
    }

    @Test
    void refusesWhatTheKernelWould() {
        SortedMap<Integer, Integer> tooLong = new TreeMap<>();
        for (int i = 0; i < 2_000; i++) {
            tooLong.put(2 * i, 2_000 - i);
        }
        assertThatThrownBy(() -> SteeringProgram.compile(tooLong))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(expected at most 4096)")
                .hasMessageContaining("fix: use SteeringPolicy.incomingCpu()");
        assertThatThrownBy(() -> SteeringProgram.compile(new TreeMap<>(java.util.Map.of(-1, 0))))
                .hasMessageContaining("cpu=-1, index=0 (expected 0 or more)");
        assertThatThrownBy(() -> SteeringProgram.compile(new TreeMap<>(java.util.Map.of(0, -1))))
                .hasMessageContaining("cpu=0, index=-1");
    }
}
