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

/** One receive hash: of a whole packet, and, beside it, of what its local port alone adds. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up first
public class Toeplitz {
    /** A power of two. */
    private static final int PACKETS = 1024;

    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;

    /** IPv4 or IPv6. */
    @Param({"4", "6"})
    public int family;

    private final FourTuple[] packets = new FourTuple[PACKETS];
    private ToeplitzHash hash;
    private int addressBytes;
    private int next;

    /** A random key, and packets from and to anywhere. */
    @Setup
    public void setUp() throws UnknownHostException {
        SplittableRandom random = new SplittableRandom(1);
        byte[] key = new byte[40];
        random.nextBytes(key);
        hash = ToeplitzHash.of(HashKey.copyOf(key));
        addressBytes = family == 4 ? IPV4_BYTES : IPV6_BYTES;
        for (int i = 0; i < PACKETS; i++) {
            packets[i] =
                    new FourTuple(address(random), random.nextInt(1 << 16), address(random), random.nextInt(1 << 16));
        }
    }

    private InetAddress address(SplittableRandom random) throws UnknownHostException {
        byte[] address = new byte[addressBytes];
        random.nextBytes(address);
        return InetAddress.getByAddress(address);
    }

    private FourTuple nextPacket() {
        return packets[next++ & PACKETS - 1];
    }

    /** Addresses and ports of one arriving packet, as a card hashes it. */
    @Benchmark
    public int packet() {
        return hash.hash(nextPacket());
    }

    /** What one packet's local port adds: all that differs between two ports to one destination. */
    @Benchmark
    public int portShare() {
        return hash.portShare(nextPacket().localPort(), addressBytes);
    }
}
