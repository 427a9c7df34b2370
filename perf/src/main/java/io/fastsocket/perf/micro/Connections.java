package io.fastsocket.perf.micro;

import io.fastsocket.transport.listen.ConnectionTable;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * One connection in the table of the loop that owns it: added, found once and removed by its close; and, beside it, the same connection
 * without the table, which is what to take off, as Netty's own part is the larger one.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up first
public class Connections {
    /** Remote ends of connections that come and go; a power of two. */
    private static final int COMING = 1024;

    /** Connections that are open all the time. */
    @Param({"1000", "100000"})
    public int open;

    private final ConnectionTable table = new ConnectionTable();
    private final InetSocketAddress[] coming = new InetSocketAddress[COMING];
    private InetSocketAddress local;
    private InetSocketAddress[] staying;
    private int next;

    /** Fills the table. */
    @Setup
    public void setUp() throws UnknownHostException {
        local = new InetSocketAddress(InetAddress.getByName("192.0.2.2"), 80);
        staying = new InetSocketAddress[open];
        for (int i = 0; i < open; i++) {
            staying[i] = remote(i);
            table.add(new Connection(local, staying[i]));
        }
        for (int i = 0; i < COMING; i++) {
            coming[i] = remote(open + i);
        }
    }

    /** Each from a network for benchmarks, 198.18.0.0/16, and from port 1024 on. */
    private static InetSocketAddress remote(int number) throws UnknownHostException {
        byte[] address = {(byte) 198, 18, (byte) (number >>> 8), (byte) number};
        return new InetSocketAddress(InetAddress.getByAddress(address), 1024 + (number >>> 16));
    }

    int size() {
        return table.size();
    }

    private Connection nextConnection() {
        return new Connection(local, coming[next++ & COMING - 1]);
    }

    /** Added, found, closed. */
    @Benchmark
    public Optional<Channel> comesAndGoes() {
        Connection connection = nextConnection();
        table.add(connection);
        Optional<Channel> found = table.find(local, connection.remote);
        connection.close();
        return found;
    }

    /** Made and closed, and no table. */
    @Benchmark
    public Channel withoutTable() {
        Connection connection = nextConnection();
        connection.close();
        return connection;
    }

    /** Found, by its two ends. */
    @Benchmark
    public Optional<Channel> found() {
        next = next + 1 == open ? 0 : next + 1;
        return table.find(local, staying[next]);
    }

    /** A channel without a socket, that has two ends. */
    private static final class Connection extends EmbeddedChannel {
        private final InetSocketAddress local;
        private final InetSocketAddress remote;

        Connection(InetSocketAddress local, InetSocketAddress remote) {
            this.local = local;
            this.remote = remote;
        }

        @Override
        protected @Nullable SocketAddress localAddress0() {
            return local;
        }

        @Override
        protected @Nullable SocketAddress remoteAddress0() {
            return remote;
        }
    }
}
