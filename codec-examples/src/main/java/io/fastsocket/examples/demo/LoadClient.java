package io.fastsocket.examples.demo;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** One client: asks, waits for the answer, asks again. Runs on a thread of its own; {@link #abort} may be called by any. */
final class LoadClient implements Runnable {
    private static final byte[] STATUS = "HTTP/1.1 200 ".getBytes(US_ASCII);
    /** A server that is gone fails at once, and more failures than this say no more. */
    private static final int FAILURES_MAX = 100;

    private final SocketAddress server;
    private final LoadMode mode;
    private final byte[] text;
    private final long deadlineNanos;
    private final ByteBuffer request;
    private final ByteBuffer response = ByteBuffer.allocateDirect(1024);

    private volatile @Nullable SocketChannel connection;
    private volatile boolean aborted;
    private long requests;
    private long failed;
    private String failure = "";

    /**
     * @param text what every answer ends with
     * @param deadlineNanos when to stop, on the clock of {@link System#nanoTime}
     */
    LoadClient(SocketAddress server, LoadMode mode, String text, long deadlineNanos) {
        this.server = server;
        this.mode = mode;
        this.text = text.getBytes(US_ASCII);
        this.deadlineNanos = deadlineNanos;
        byte[] bytes = mode.request().getBytes(US_ASCII);
        this.request = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    @Override
    public void run() {
        while (!over()) {
            try (SocketChannel channel = SocketChannel.open(server)) {
                connection = channel;
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                ask(channel);
            } catch (IOException e) {
                failed++;
                failure = failure.isEmpty() ? mode.title() + ": " + e : failure;
            }
        }
    }

    /** Ends a client that waits for an answer that does not come; its request has failed. */
    void abort() {
        aborted = true;
        SocketChannel channel = connection;
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // Nothing is left to be closed.
            }
        }
    }

    /** What came of it. Call it when the thread has ended. */
    LoadSlice slice() {
        return new LoadSlice(requests, failed, 0, 0, failure);
    }

    private boolean over() {
        return aborted || failed >= FAILURES_MAX || System.nanoTime() - deadlineNanos >= 0;
    }

    private void ask(SocketChannel channel) throws IOException {
        do {
            request.rewind();
            while (request.hasRemaining()) {
                channel.write(request);
            }
            readResponse(channel);
            requests++;
        } while (mode == LoadMode.KEEP_ALIVE && !over());
    }

    private void readResponse(SocketChannel channel) throws IOException {
        response.clear();
        boolean open = true;
        // With keep-alive the text is the end of the response, otherwise the end of the connection is.
        while (open && !(mode == LoadMode.KEEP_ALIVE && isWhole())) {
            open = channel.read(response) > 0;
        }
        if (!isWhole()) {
            throw new IOException("the response is no 200 with the text, but "
                    + US_ASCII.decode(response.flip())
                            .toString()
                            .lines()
                            .findFirst()
                            .orElse("empty"));
        }
    }

    private boolean isWhole() {
        int end = response.position();
        return end >= STATUS.length + text.length
                && response.slice(end - text.length, text.length).equals(ByteBuffer.wrap(text))
                && response.slice(0, STATUS.length).equals(ByteBuffer.wrap(STATUS));
    }
}
