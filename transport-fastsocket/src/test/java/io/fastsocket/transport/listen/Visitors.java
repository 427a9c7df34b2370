package io.fastsocket.transport.listen;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** Connections to a {@link GreetingServer}. Connecting succeeds whether or not the server takes them. */
final class Visitors implements AutoCloseable {
    private static final int CONNECT_MILLIS_MAX = 10_000;

    private final List<Socket> sockets = new ArrayList<>();

    Visitors(int port, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Socket socket = new Socket();
            sockets.add(socket);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS_MAX);
        }
    }

    /** How many have been greeted. */
    long served() throws IOException {
        long served = 0;
        for (Socket socket : sockets) {
            if (isServed(socket)) {
                served++;
            }
        }
        return served;
    }

    /** Closes {@code count} of those that have been greeted. */
    void leave(int count) throws IOException {
        int left = 0;
        for (Socket socket : List.copyOf(sockets)) {
            if (left < count && isServed(socket)) {
                sockets.remove(socket);
                socket.close();
                left++;
            }
        }
    }

    private static boolean isServed(Socket socket) throws IOException {
        return socket.getInputStream().available() > 0;
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
