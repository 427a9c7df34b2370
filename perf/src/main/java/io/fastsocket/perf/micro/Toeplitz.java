package io.fastsocket.perf.micro;

import io.fastsocket.affinity.FourTuple;
import io.fastsocket.affinity.HashKey;
import io.fastsocket.affinity.ToeplitzHash;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One receive hash: of a packet, and of the local port's share in it alone, which is all that differs between ports. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up first
public class Toeplitz {
    private static final int KEY_BYTES = 40;
    private static final int PORT_MASK = 0xffff;
    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;

    /** IPv4 or IPv6. */
    @Param({"4", "6"})
    public int family;

    private ToeplitzHash hash;
    private FourTuple packet;
    private int addressBytes;
    private int port;

    /** A random key. */
    @Setup
    public void setUp() throws UnknownHostException {
        byte[] key = new byte[KEY_BYTES];
        new SplittableRandom(1).nextBytes(key);
        hash = ToeplitzHash.of(HashKey.copyOf(key));
        boolean ipv4 = family == 4;
        addressBytes = ipv4 ? IPV4_BYTES : IPV6_BYTES;
        packet = new FourTuple(
                InetAddress.getByName(ipv4 ? "192.0.2.1" : "2001:db8::1"),
                80,
                InetAddress.getByName(ipv4 ? "192.0.2.2" : "2001:db8::2"),
                40_000);
    }

    /** Of a packet. */
    @Benchmark
    public int packet() {
        return hash.hash(packet);
    }

    /** Of a port alone. */
    @Benchmark
    public int portShare() {
        return hash.portShare(++port & PORT_MASK, addressBytes);
    }
}
