package io.fastsocket.perf.micro;

import io.fastsocket.affinity.CpuSet;
import io.fastsocket.affinity.FourTuple;
import io.fastsocket.affinity.HashKey;
import io.fastsocket.affinity.NicIrq;
import io.fastsocket.affinity.NicQueues;
import io.fastsocket.affinity.RssConfig;
import io.fastsocket.affinity.RssConfig.FlowType;
import io.fastsocket.affinity.RssConfig.HashField;
import io.fastsocket.affinity.RssConfig.HashFunction;
import io.fastsocket.affinity.RssMap;
import io.fastsocket.affinity.RxQueue;
import io.fastsocket.affinity.system.Answer;
import io.fastsocket.transport.connect.SourcePortSelector;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One choice of a source port: computed, and, beside it, by hashing random ports until one fits, as others do it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up first
public class PortChoice {
    private static final int ENTRIES = 128;
    private static final int LOWEST = 32768;
    private static final int HIGHEST = 60999;
    private static final int MINE = 1;

    /** Receive queues, each on a CPU of its own. */
    @Param({"2", "8", "64"})
    public int queues;

    /** IPv4 or IPv6. */
    @Param({"4", "6"})
    public int family;

    private SplittableRandom random;
    private RssMap map;
    private InetAddress local;
    private InetSocketAddress remote;
    private SourcePortSelector selector;

    /** A card with a random key, and a table that goes round the queues. */
    @Setup
    public void setUp() throws UnknownHostException {
        random = new SplittableRandom(1);
        boolean ipv4 = family == 4;
        local = InetAddress.getByName(ipv4 ? "192.0.2.2" : "2001:db8::2");
        remote = new InetSocketAddress(ipv4 ? "192.0.2.1" : "2001:db8::1", 80);
        byte[] key = new byte[40];
        random.nextBytes(key);
        map = map(HashKey.copyOf(key), ipv4 ? FlowType.TCP4 : FlowType.TCP6);
        selector = SourcePortSelector.of(
                map, local, IntStream.rangeClosed(LOWEST, HIGHEST).toArray(), cpu -> cpu == MINE, random);
    }

    private RssMap map(HashKey key, FlowType flow) {
        RssConfig rss = new RssConfig(
                "eth0",
                Answer.known(queues),
                Answer.known(HashFunction.TOEPLITZ),
                Answer.known(key),
                Answer.known(
                        IntStream.range(0, ENTRIES).mapToObj(i -> i % queues).toList()),
                Answer.known(Set.of()),
                Map.of(
                        flow,
                        Answer.known(Set.of(
                                HashField.SOURCE_ADDRESS,
                                HashField.DESTINATION_ADDRESS,
                                HashField.SOURCE_PORT,
                                HashField.DESTINATION_PORT))));
        List<RxQueue> rx = IntStream.range(0, queues)
                .mapToObj(queue -> new RxQueue(
                        queue,
                        Optional.of(new NicIrq(
                                queue, "", Answer.known(CpuSet.of(queue)), Answer.known(CpuSet.of(queue)), false)),
                        Answer.known(CpuSet.empty()),
                        Answer.known(0)))
                .toList();
        NicQueues nic = new NicQueues(
                "eth0",
                Optional.empty(),
                Optional.empty(),
                -1,
                rx,
                List.of(),
                List.of(),
                Answer.unsupported(""),
                Answer.unsupported(""),
                Answer.unsupported(""),
                Answer.unsupported(""));
        return RssMap.of(rss, nic, flow).toOptional().orElseThrow();
    }

    /** Ours. */
    @Benchmark
    public int computed() {
        return selector.next(remote);
    }

    /** A whole hash for each try. */
    @Benchmark
    public int byTrial() {
        while (true) {
            int port = random.nextInt(LOWEST, HIGHEST + 1);
            if (map.cpuFor(new FourTuple(remote.getAddress(), remote.getPort(), local, port)) == MINE) {
                return port;
            }
        }
    }
}
