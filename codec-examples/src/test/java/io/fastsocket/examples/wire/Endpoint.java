package io.fastsocket.examples.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** One connection, as a client or as an origin: what came and is not taken yet, and how it ended. */
final class Endpoint {
    /** How the other side ended its direction. */
    enum End {
        NOT_YET,
        IN_ORDER,
        RESET
    }

    final StringBuilder in = new StringBuilder();
    private final SocketChannel channel;
    private final SelectionKey key;
    private final Queue<ByteBuffer> out = new ArrayDeque<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16);

    /** Of the message whose head is taken and whose body is not whole. */
    @Nullable
    Message begun;

    /** Whether anything ever came. */
    boolean heard;

    End end = End.NOT_YET;
    private boolean shutWhenSent;
    private boolean readsNothing;

    Endpoint(SocketChannel channel, Selector selector) throws IOException {
        this.channel = channel;
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        key = channel.register(selector, SelectionKey.OP_READ, this);
    }

    void send(String latin1) {
        out.add(ByteBuffer.wrap(latin1.getBytes(ISO_8859_1)));
        ready();
    }

    /** Ends our direction once everything is sent. */
    void shut() {
        shutWhenSent = true;
        ready();
    }

    /** Reads nothing until it is told to go on. */
    void readsNothing(boolean nothing) {
        readsNothing = nothing;
        ready();
    }

    void reset() throws IOException {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        close();
    }

    void close() throws IOException {
        channel.close();
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    boolean hasEnded() {
        return end != End.NOT_YET;
    }

    /** Moves what can be moved now. */
    void ready() {
        if (!channel.isOpen()) {
            return;
        }
        write();
        if (!readsNothing && !hasEnded()) {
            read();
        }
        int reading = readsNothing || hasEnded() ? 0 : SelectionKey.OP_READ;
        key.interestOps(reading | (out.isEmpty() ? 0 : SelectionKey.OP_WRITE));
    }

    private void write() {
        try {
            while (!out.isEmpty()) {
                channel.write(out.element());
                if (out.element().hasRemaining()) {
                    return;
                }
                out.remove();
            }
            if (shutWhenSent) {
                shutWhenSent = false;
                channel.shutdownOutput();
            }
        } catch (IOException e) {
            // The other side takes no more; what it said before is still to be read.
            out.clear();
        }
    }

    private void read() {
        try {
            int read = channel.read(buffer);
            while (read > 0) {
                heard = true;
                in.append(new String(buffer.array(), 0, read, ISO_8859_1));
                buffer.clear();
                read = channel.read(buffer);
            }
            if (read < 0) {
                end = End.IN_ORDER;
            }
        } catch (IOException e) {
            end = End.RESET;
        }
    }
}
