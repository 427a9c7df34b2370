package io.fastsocket.perf.micro;

import io.fastsocket.transport.listen.ConnectionTable;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
import org.openjdk.jmh.annotations.TearDown;

/**
 * The table of a loop's connections: one looked up by its two ends; and one made, added and closed, beside one that is made and
 * closed alone.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up first
public class Connections {
    private static final SocketAddress LOCAL = new InetSocketAddress("192.0.2.2", 443);
    private static final int PORTS = 50_000;

    /** Connections that are open. */
    @Param({"1000", "100000"})
    public int open;

    private final SplittableRandom random = new SplittableRandom(1);
    private ConnectionTable table;
    private List<Channel> channels;

    /** A channel without a socket. */
    private static final class Connection extends EmbeddedChannel {
        private final SocketAddress remote;

        Connection(int number) {
            super(false, false);
            this.remote = remote(number);
        }

        @Override
        protected SocketAddress localAddress0() {
            return LOCAL;
        }

        @Override
        protected SocketAddress remoteAddress0() {
            return remote;
        }

        Connection registered() {
            try {
                register();
            } catch (Exception impossible) {
                throw new IllegalStateException(impossible);
            }
            return this;
        }
    }

    private static SocketAddress remote(int number) {
        return new InetSocketAddress("192.0.2." + (10 + number / PORTS), 1024 + number % PORTS);
    }

    /** The connections. */
    @Setup
    public void setUp() {
        table = new ConnectionTable();
        channels = new ArrayList<>();
        for (int i = 0; i < open; i++) {
            Channel channel = new Connection(i).registered();
            channels.add(channel);
            table.add(channel);
        }
    }

    /** Closes them. */
    @TearDown
    public void tearDown() {
        channels.forEach(Channel::close);
    }

    /** A random one of them looked up. */
    @Benchmark
    public Optional<Channel> find() {
        return table.find(LOCAL, channels.get(random.nextInt(open)).remoteAddress());
    }

    /** One more, added and closed. */
    @Benchmark
    public void addAndClose() {
        Channel channel = new Connection(open).registered();
        table.add(channel);
        channel.close();
    }

    /** One that no table knows: what of {@link #addAndClose} is not the table's. */
    @Benchmark
    public void closeAlone() {
        new Connection(open).registered().close();
    }
}
