package io.fastsocket.perf.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** A port for a server that can neither be told to take any nor say which it took. */
final class FreePort {
    private FreePort() {}

    /** An address on loopback that was free just now. */
    static InetSocketAddress onLoopback() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return (InetSocketAddress) socket.getLocalSocketAddress();
        }
    }
}
