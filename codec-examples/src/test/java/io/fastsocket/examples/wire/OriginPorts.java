package io.fastsocket.examples.wire;

import io.fastsocket.examples.wire.WireCase.Origins;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the origins of one case listen, before it is played.
 *
 * @param listeners of those that do listen; the case closes them
 * @param ports of all that the proxy is told of
 */
record OriginPorts(List<ServerSocketChannel> listeners, List<Integer> ports) {
    /** Where nothing listens: tcpmux, which nobody runs. */
    private static final int REFUSING = 1;

    static OriginPorts open(Origins origins) throws IOException {
        List<ServerSocketChannel> listeners = new ArrayList<>();
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < origins.listening(); i++) {
            ServerSocketChannel listener =
                    ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
            listeners.add(listener);
            ports.add(((InetSocketAddress) listener.getLocalAddress()).getPort());
        }
        if (origins == Origins.ONE_OF_TWO_REFUSES || origins == Origins.NONE_LISTENS) {
            ports.add(REFUSING);
        }
        return new OriginPorts(List.copyOf(listeners), List.copyOf(ports));
    }
}
