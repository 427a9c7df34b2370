package io.fastsocket.examples.http;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.time.InstantSource;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** What the connections of one event loop share: the writer of responses, and each other. Used on that loop alone. */
final class HttpLoop {
    private final EventLoop eventLoop;
    private final ResponseWriter writer;
    private final Set<HttpConnection> connections = Collections.newSetFromMap(new IdentityHashMap<>());
    private final CompletableFuture<Void> empty = new CompletableFuture<>();
    private final BooleanSupplier lameDuck;
    private boolean draining;

    /** @param lameDuck whether clients are to be told to go */
    HttpLoop(EventLoop eventLoop, String text, InstantSource clock, BooleanSupplier lameDuck) {
        this.eventLoop = eventLoop;
        this.lameDuck = lameDuck;
        this.writer = new ResponseWriter(new ReadyResponses(text, clock));
    }

    EventLoop eventLoop() {
        return eventLoop;
    }

    ResponseWriter writer() {
        return writer;
    }

    /** Whether each response is the last one of its connection. */
    boolean draining() {
        return draining || lameDuck.getAsBoolean();
    }

    /** The connections that are there now. */
    List<Channel> channels() {
        return connections.stream().<Channel>map(HttpConnection::channel).toList();
    }

    void add(HttpConnection connection) {
        connections.add(connection);
    }

    void remove(HttpConnection connection) {
        connections.remove(connection);
        completeIfEmpty();
    }

    /** Closes what is idle and marks the rest to close after its response; done when none is left. */
    CompletableFuture<Void> drain() {
        draining = true;
        // A copy: a connection that closes at once removes itself.
        List.copyOf(connections).forEach(HttpConnection::closeIfIdle);
        completeIfEmpty();
        return empty;
    }

    private void completeIfEmpty() {
        if (draining && connections.isEmpty()) {
            empty.complete(null);
        }
    }
}
