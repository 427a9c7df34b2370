package io.fastsocket.perf.idle;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Connections to one server that have had one answer each and are kept open. */
final class IdleConnections implements AutoCloseable {
    /** Fewer than the ports that the kernel gives out by itself; each source address has its own, of which loopback has many. */
    private static final int PER_SOURCE_ADDRESS = 20_000;

    private static final int RESPONSE_BYTES_MAX = 4096;
    private static final byte[] LOOPBACK = {127, 0, 0, 2};

    private final InetSocketAddress server;
    private final byte[] request;
    private final String end;
    private final List<SocketChannel> channels = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(RESPONSE_BYTES_MAX);

    /** @param end what every response ends with */
    IdleConnections(InetSocketAddress server, String end) {
        this.server = server;
        this.end = end;
        this.request = "GET / HTTP/1.1\r\nHost: bench\r\n\r\n".getBytes(US_ASCII);
    }

    /** Opens some more, one after the other, and waits for the answer on each. */
    void open(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            SocketChannel channel = SocketChannel.open();
            channels.add(channel);
            if (server.getAddress().isLoopbackAddress()) {
                channel.bind(new InetSocketAddress(source(channels.size() / PER_SOURCE_ADDRESS), 0));
            }
            channel.connect(server);
            ask(channel);
        }
    }

    private static InetAddress source(int index) throws IOException {
        byte[] address = LOOPBACK.clone();
        address[3] += (byte) index;
        return InetAddress.getByAddress(address);
    }

    private void ask(SocketChannel channel) throws IOException {
        channel.write(ByteBuffer.wrap(request));
        buffer.clear();
        do {
            if (channel.read(buffer) < 0) {
                throw new EOFException("the server closed idle connection " + channels.size()
                        + "; fix: raise its limit of" + " open files, or keep fewer");
            }
        } while (!US_ASCII.decode(buffer.duplicate().flip()).toString().endsWith(end));
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : channels) {
            // By a reset: what waits in TIME_WAIT would keep the ports from the next server's connections.
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            channel.close();
        }
        channels.clear();
    }
}
