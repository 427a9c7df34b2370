package io.fastsocket.transport.connect;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The local address that the kernel's routes choose for a remote one, remembered for a while: bind(2) wants it before connect(2)
 * would choose it. Asked by connecting a datagram socket, which sends nothing. Used by one loop.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/ip.7.html">ip(7)</a>
 */
final class SourceAddress {
    private static final int REMOTES_MAX = 1024;
    /** Routes may change; a wrong address shows at bind too. */
    private static final Duration REMEMBERED = Duration.ofSeconds(5);
    /** Any; nothing is sent to it. */
    private static final int DISCARD_PORT = 9;

    private final LongSupplier nanoTime;
    private final Map<InetAddress, Route> routes = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<InetAddress, Route> eldest) {
            return size() > REMOTES_MAX;
        }
    };

    private record Route(@Nullable InetAddress local, long sinceNanos) {}

    SourceAddress(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** The address that packets to {@code remote} would come from, or null where there is no route. */
    @Nullable
    InetAddress towards(InetAddress remote) {
        long now = nanoTime.getAsLong();
        Route route = routes.get(remote);
        if (route == null || now - route.sinceNanos() > REMEMBERED.toNanos()) {
            route = new Route(ask(remote), now);
            routes.put(remote, route);
        }
        return route.local();
    }

    private static @Nullable InetAddress ask(InetAddress remote) {
        StandardProtocolFamily family =
                remote instanceof Inet4Address ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
        try (DatagramChannel probe = DatagramChannel.open(family)) {
            probe.connect(new InetSocketAddress(remote, DISCARD_PORT));
            return ((InetSocketAddress) probe.getLocalAddress()).getAddress();
        } catch (IOException | UnsupportedOperationException noRoute) {
            return null;
        }
    }
}
