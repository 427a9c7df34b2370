package io.fastsocket.transport.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.affinity.FourTuple;
import io.fastsocket.affinity.RssConfig.FlowType;
import io.fastsocket.affinity.RssConfig.InputTransform;
import io.fastsocket.affinity.RssMap;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SourcePortSelectorTest {
    private static final int[] PORTS = IntStream.rangeClosed(32768, 60999).toArray();

    @Property(tries = 100)
    void everyPortLeadsToTheLoop(
            @ForAll long seed,
            @ForAll boolean ipv4,
            @ForAll boolean symmetric,
            @ForAll @IntRange(min = 2, max = 64) int queues)
            throws Exception {
        leadEveryPortToTheLoop(seed, ipv4, symmetric, queues);
    }

    /** One of the card's 26 queues that no port leads to: the loop there is told so. */
    @Example
    void aPoorKeyLeavesALoopWithoutAPort() throws Exception {
        leadEveryPortToTheLoop(-288, false, false, 26);
    }

    private static void leadEveryPortToTheLoop(long seed, boolean ipv4, boolean symmetric, int queues)
            throws Exception {
        Random random = new Random(seed);
        RssMap map = Cards.map(
                Cards.randomKey(random),
                Cards.equal(128, queues),
                ipv4 ? FlowType.TCP4 : FlowType.TCP6,
                symmetric ? new InputTransform[] {InputTransform.SYMMETRIC_XOR} : new InputTransform[0]);
        InetAddress local = address(random, ipv4);
        int mine = random.nextInt(queues);
        SourcePortSelector selector = selector(map, local, PORTS, mine, seed);

        for (int destination = 0; destination < 5; destination++) {
            InetSocketAddress remote = new InetSocketAddress(address(random, ipv4), 1 + random.nextInt(65535));
            for (int i = 0; i < 50; i++) {
                assertLeadsTo(mine, selector.next(remote), map, remote, local);
            }
        }
    }

    @Property(tries = 20)
    void tablesOfAnyLengthAndWeightAreFollowed(@ForAll long seed, @ForAll @IntRange(min = 3, max = 300) int entries)
            throws Exception {
        Random random = new Random(seed);
        int[] table = random.ints(entries, 0, 5).toArray();
        table[0] = 0;
        table[1] = 4;
        RssMap map = Cards.map(Cards.randomKey(random), table, FlowType.TCP4);
        InetAddress local = address(random, true);
        InetSocketAddress remote = new InetSocketAddress(address(random, true), 443);
        SourcePortSelector selector = selector(map, local, PORTS, 4, seed);

        for (int i = 0; i < 100; i++) {
            assertLeadsTo(4, selector.next(remote), map, remote, local);
        }
    }

    @Property(tries = 10)
    void offersEveryPortOfTheLoop(@ForAll long seed, @ForAll boolean powerOfTwo) throws Exception {
        Random random = new Random(seed);
        RssMap map = Cards.map(Cards.randomKey(random), Cards.equal(powerOfTwo ? 128 : 100, 4), FlowType.TCP4);
        InetAddress local = address(random, true);
        InetSocketAddress remote = new InetSocketAddress(address(random, true), 80);
        int[] few = IntStream.range(40000, 40512).toArray();
        Set<Integer> expected = new HashSet<>();
        for (int port : few) {
            if (cpuOf(map, remote, local, port) == 2) {
                expected.add(port);
            }
        }
        SourcePortSelector selector = selector(map, local, few, 2, seed);

        Set<Integer> offered = new HashSet<>();
        for (int i = 0; i < 40 * few.length; i++) {
            offered.add(selector.next(remote));
        }

        // A poor key may leave a loop without any of a few ports.
        offered.remove(PortChooser.NONE);
        assertThat(offered).isEqualTo(expected);
    }

    @Property(tries = 20)
    void loopsNeverWantTheSamePort(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        RssMap map = Cards.map(Cards.randomKey(random), Cards.equal(128, 8), FlowType.TCP4);
        InetAddress local = address(random, true);
        InetSocketAddress remote = new InetSocketAddress(address(random, true), 80);
        BitSet taken = new BitSet();

        for (int cpu = 0; cpu < 8; cpu++) {
            SourcePortSelector selector = selector(map, local, PORTS, cpu, seed + cpu);
            BitSet own = new BitSet();
            for (int i = 0; i < 500; i++) {
                int port = selector.next(remote);
                assertLeadsTo(cpu, port, map, remote, local);
                if (port != PortChooser.NONE) {
                    own.set(port);
                }
            }
            assertThat(own.intersects(taken)).isFalse();
            taken.or(own);
        }
    }

    @Test
    void aLoopWithoutAQueueGetsNoPort() throws Exception {
        RssMap map = Cards.map(Cards.randomKey(new Random(1)), Cards.equal(128, 8), FlowType.TCP4);
        InetSocketAddress remote = new InetSocketAddress("192.0.2.1", 80);

        assertThat(selector(map, address(new Random(2), true), PORTS, 99, 0).next(remote))
                .isEqualTo(PortChooser.NONE);
        RssMap odd = Cards.map(Cards.randomKey(new Random(1)), Cards.equal(100, 8), FlowType.TCP4);
        assertThat(selector(odd, address(new Random(2), true), PORTS, 99, 0).next(remote))
                .isEqualTo(PortChooser.NONE);
    }

    @Test
    void countsEntriesThatNoPortLeadsTo() throws Exception {
        RssMap map = Cards.map(Cards.randomKey(new Random(1)), Cards.equal(128, 8), FlowType.TCP4);

        assertThat(ComputedPorts.of(map, address(new Random(2), true), LocalPorts.of(new int[] {40000})))
                .hasToString("eth0: 128 entries, 8 queues, 8 CPUs, 127 of them without a usable port");
        assertThat(ComputedPorts.of(map, address(new Random(2), true), LocalPorts.of(PORTS)))
                .hasToString("eth0: 128 entries, 8 queues, 8 CPUs");
    }

    @Test
    void severalQueuesOfOneCpuAreAllUsed() throws Exception {
        RssMap map = Cards.map(Cards.randomKey(new Random(3)), Cards.equal(128, 8), FlowType.TCP4);
        InetAddress local = address(new Random(4), true);
        InetSocketAddress remote = new InetSocketAddress("192.0.2.1", 80);
        SourcePortSelector selector =
                SourcePortSelector.of(map, local, PORTS, cpu -> cpu == 1 || cpu == 6, new SplittableRandom(5));

        List<Integer> cpus = IntStream.range(0, 200)
                .map(i -> cpuOf(map, remote, local, selector.next(remote)))
                .boxed()
                .distinct()
                .sorted()
                .toList();

        assertThat(cpus).containsExactly(1, 6);
    }

    /** No port is right where none leads to the CPU, and nowhere else. */
    private static void assertLeadsTo(int cpu, int port, RssMap map, InetSocketAddress remote, InetAddress local) {
        if (port == PortChooser.NONE) {
            assertThat(IntStream.of(PORTS)).noneMatch(each -> cpuOf(map, remote, local, each) == cpu);
        } else {
            assertThat(port).isBetween(32768, 60999);
            assertThat(cpuOf(map, remote, local, port)).isEqualTo(cpu);
        }
    }

    private static SourcePortSelector selector(RssMap map, InetAddress local, int[] ports, int cpu, long seed) {
        return SourcePortSelector.of(map, local, ports, candidate -> candidate == cpu, new SplittableRandom(seed));
    }

    private static int cpuOf(RssMap map, InetSocketAddress remote, InetAddress local, int port) {
        return map.cpuFor(new FourTuple(remote.getAddress(), remote.getPort(), local, port));
    }

    private static InetAddress address(Random random, boolean ipv4) throws UnknownHostException {
        byte[] address = new byte[ipv4 ? 4 : 16];
        random.nextBytes(address);
        return InetAddress.getByAddress(address);
    }
}
