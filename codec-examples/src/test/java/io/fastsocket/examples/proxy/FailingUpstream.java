package io.fastsocket.examples.proxy;

import io.fastsocket.examples.upstream.Upstream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** An upstream that does the same with each request: one per connection, on a thread of its own. */
final class FailingUpstream implements AutoCloseable {
    /** What it does with a request whose head it has read. */
    enum Way {
        ANSWERS,
        RESETS,
        CLOSES,
        /** The client has an interim response by then. */
        RESETS_AFTER_EARLY_HINTS,
        /** The client has a part of a body by then. */
        CLOSES_WITHIN_ITS_BODY,
        CLOSES_WITHIN_ITS_STATUS_LINE,
        SAYS_503,
        SAYS_NOTHING
    }

    private final ServerSocket listener = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
    private final Set<Wire> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger requests = new AtomicInteger();
    private volatile Way way;

    FailingUpstream(Way way) throws IOException {
        this.way = way;
        Thread server = new Thread(this::serve, "failing-upstream");
        server.setDaemon(true);
        server.start();
    }

    private void serve() {
        while (!listener.isClosed()) {
            try {
                Wire wire = new Wire(listener.accept());
                open.add(wire);
                wire.head();
                requests.incrementAndGet();
                answer(wire);
            } catch (IOException ended) {
                // The proxy has closed, or the test.
            }
        }
    }

    private void answer(Wire wire) throws IOException {
        switch (way) {
            case ANSWERS -> wire.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
            case SAYS_503 -> wire.send("HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno");
            case RESETS -> wire.reset();
            case RESETS_AFTER_EARLY_HINTS ->
                wire.send("HTTP/1.1 103 Early Hints\r\n\r\n").reset();
            case CLOSES -> wire.close();
            case CLOSES_WITHIN_ITS_BODY -> wire.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
            case CLOSES_WITHIN_ITS_STATUS_LINE -> wire.send("HTTP/1.1 20");
            case SAYS_NOTHING -> {
                return;
            }
        }
        open.remove(wire);
        wire.close();
    }

    Upstream upstream() {
        return new Upstream("127.0.0.1", listener.getLocalPort());
    }

    /** What it does from here on. */
    void become(Way another) {
        way = another;
    }

    int requests() {
        return requests.get();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Wire wire : open) {
            wire.close();
        }
    }
}
