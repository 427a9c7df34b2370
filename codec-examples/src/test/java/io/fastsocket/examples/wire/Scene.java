package io.fastsocket.examples.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Both sides of a proxy while a case is played: its clients and its origins, on one thread. Every step waits for an event, and
 * throws {@link Unmet} when another one than the expected came, or none.
 */
final class Scene implements AutoCloseable {
    private final Sockets sockets;
    private @Nullable Endpoint client;
    private @Nullable Endpoint origin;

    Scene(InetSocketAddress proxy, List<ServerSocketChannel> listeners, Duration patience) throws IOException {
        sockets = new Sockets(proxy, listeners, patience);
        connect();
    }

    // ---- the client

    void connect() throws IOException {
        client = sockets.connect();
    }

    /** Goes back to the client that connected as the nth, from 0. */
    void client(int nth) {
        client = sockets.clients().get(nth);
    }

    Endpoint client() {
        if (client == null) {
            throw new IllegalStateException("no client");
        }
        return client;
    }

    /** Goes back to the connection that an origin accepted as the nth, from 0. */
    void origin(int nth) {
        origin = sockets.origins().get(nth);
    }

    /** The connection on which the last request arrived. */
    Endpoint origin() {
        if (origin == null) {
            throw new IllegalStateException("no request arrived");
        }
        return origin;
    }

    /** A whole response. */
    void gets(int status, boolean bodyless, Check... checks) throws IOException {
        Endpoint at = client();
        Message response = at.begun != null ? at.begun : awaitAnswer(status);
        boolean none = bodyless || status < 200 || status == 204 || status == 304;
        sockets.await(
                () -> response.takeAnswer(at.in, none, at.end == Endpoint.End.IN_ORDER) || at.hasEnded(),
                "the client gets a part of the body");
        if (!response.whole) {
            throw new Unmet("the client gets a cut answer");
        }
        at.begun = null;
        check("the client gets ", response, checks);
    }

    void getsGatewayFailure() throws IOException {
        Endpoint at = client();
        sockets.await(() -> Message.statusIn(at.in) > 0 || at.hasEnded(), "the client gets nothing");
        int status = Message.statusIn(at.in);
        gets(Set.of(502, 503, 504).contains(status) ? status : 502, false);
    }

    /** The head alone; its body is for a later step. */
    void getsHead(int status, Check... checks) throws IOException {
        Message response = awaitAnswer(status);
        client().begun = response;
        check("the client gets ", response, checks);
    }

    private Message awaitAnswer(int status) throws IOException {
        Endpoint at = client();
        sockets.await(() -> Message.statusIn(at.in) > 0 || at.hasEnded(), "the client gets nothing");
        Message response = Message.head(at.in);
        if (response == null) {
            throw new Unmet("closes without an answer");
        }
        if (response.status() != status) {
            throw new Unmet("the client gets " + response.status());
        }
        return response;
    }

    void clientReads(String bytes) throws IOException {
        client().begun = null;
        reads(client(), "the client", bytes);
    }

    /** The proxy ends the client's connection, with nothing more on it. */
    void clientIsClosed() throws IOException {
        Endpoint at = client();
        sockets.await(() -> at.hasEnded() || at.in.length() > 0, "keeps the client's connection open");
        if (at.in.length() > 0) {
            throw new Unmet("the client gets more: '" + Message.shown(at.in.toString()) + "'");
        }
    }

    /** The answer that has begun never looks whole, and the connection ends. */
    void clientIsCut() throws IOException {
        Endpoint at = client();
        sockets.await(at::hasEnded, "the client waits for the rest of the answer");
        Message begun = at.begun == null ? Message.head(at.in) : at.begun;
        if (begun == null) {
            return;
        }
        if (begun.takeAnswer(at.in, false, at.end == Endpoint.End.IN_ORDER)) {
            throw new Unmet("the client gets a part that looks whole");
        }
    }

    /** The client's next request on the same connection gets its own answer. */
    void clientIsKept() throws IOException {
        client().send("GET /next HTTP/1.1\r\nHost: test\r\n\r\n");
        exchange("the next request: ", "GET /next HTTP/1.1", "next");
    }

    // ---- the origin

    void arrives(String startLine, Check... checks) throws IOException {
        awaitRequest(true, startLine, checks);
    }

    void headArrives(String startLine, Check... checks) throws IOException {
        awaitRequest(false, startLine, checks);
    }

    /** The rest of the request whose head has arrived. */
    void restArrives(Check... checks) throws IOException {
        Endpoint at = origin();
        Message request = at.begun;
        if (request == null) {
            throw new IllegalStateException("no head arrived");
        }
        sockets.await(() -> request.takeBody(at.in) || at.hasEnded(), "the origin gets a part of the body");
        if (!request.whole) {
            throw new Unmet("the origin gets a cut request");
        }
        at.begun = null;
        check("the origin gets ", request, checks);
    }

    void partArrives(String bytes) throws IOException {
        Endpoint at = origin();
        sockets.await(() -> at.in.length() >= bytes.length() || at.hasEnded(), "the origin gets a part of the bytes");
        if (at.in.indexOf(bytes) != 0) {
            throw new Unmet("the origin gets other bytes");
        }
    }

    private void awaitRequest(boolean whole, String startLine, Check... checks) throws IOException {
        sockets.await(
                () -> arrived(whole) != null || answered(),
                sockets.origins().stream().anyMatch(at -> at.heard)
                        ? "the origin gets no whole request"
                        : "nothing arrives");
        Endpoint at = arrived(whole);
        if (at == null || at.begun == null) {
            int status = Message.statusIn(client().in);
            throw new Unmet(status > 0 ? "the client gets " + status : "closes without an answer");
        }
        Message request = at.begun;
        origin = at;
        request.taken = true;
        at.begun = whole ? null : request;
        check("the origin gets ", request, Check.line(startLine));
        check("the origin gets ", request, checks);
    }

    /** Where a request is that no step has taken: a whole one, or at least a head. */
    private @Nullable Endpoint arrived(boolean whole) {
        for (Endpoint at : sockets.origins()) {
            if (at.isOpen() && at.begun == null) {
                at.begun = Message.head(at.in);
            }
            Message begun = at.begun;
            if (at.isOpen() && begun != null && !begun.taken && (!whole || begun.takeBody(at.in))) {
                return at;
            }
        }
        return null;
    }

    /** Whether a request is whole at an origin, taken as a head or not. */
    private boolean anyWhole() {
        arrived(false);
        return sockets.origins().stream().anyMatch(at -> at.begun != null && at.begun.takeBody(at.in));
    }

    private boolean answered() {
        Endpoint at = client();
        return at.hasEnded() || Message.statusIn(at.in) >= 200;
    }

    void originReads(String bytes) throws IOException {
        reads(origin(), "the origin", bytes);
    }

    /** The proxy ends the origin's connection. */
    void originIsClosed() throws IOException {
        Endpoint at = origin();
        sockets.await(at::hasEnded, "keeps the origin's connection open");
    }

    /** Nothing has come behind what arrived last, up to now; a later step sees what comes after all. */
    void originHasNoMore() throws IOException {
        sockets.pump();
        if (origin().in.length() > 0) {
            throw new Unmet("the origin gets more");
        }
    }

    // ---- both

    /** The client's connection ends, and nothing whole came to an origin. */
    void leavesNoMore() throws IOException {
        Endpoint at = client();
        sockets.await(() -> at.hasEnded() || arrived(false) != null, "keeps the client's connection open");
        sockets.pump();
        if (arrived(false) != null) {
            throw new Unmet("passes it on");
        }
    }

    /** The request is answered here, its connection ends, and no origin hears of it or of what follows it. */
    void refuses(Set<Integer> statuses) throws IOException {
        Endpoint at = client();
        sockets.await(
                () -> at.hasEnded() || Message.statusIn(at.in) > 0 || arrived(false) != null,
                "the client gets nothing");
        if (arrived(false) != null) {
            throw new Unmet("passes it on");
        }
        int status = Message.statusIn(at.in);
        if (status == 0) {
            throw new Unmet("closes without an answer");
        }
        if (!statuses.contains(status)) {
            throw new Unmet("the client gets " + status);
        }
        sockets.await(() -> at.hasEnded() || arrived(false) != null, status + ", and keeps the connection open");
        sockets.pump();
        if (arrived(false) != null) {
            throw new Unmet(status + ", and serves what follows");
        }
    }

    void leavesNothing() throws IOException {
        Endpoint at = client();
        sockets.await(() -> at.hasEnded() || arrived(false) != null, "keeps the client's connection open");
        sockets.pump();
        if (sockets.origins().stream().anyMatch(origin -> origin.heard)) {
            throw new Unmet("passes it on");
        }
    }

    /** As {@link #refuses}, of a body: its head may have arrived by then, and then it never becomes whole. */
    void refusesBody(int status) throws IOException {
        Endpoint at = client();
        sockets.await(() -> at.hasEnded() || Message.statusIn(at.in) > 0 || anyWhole(), "the client gets nothing");
        if (anyWhole()) {
            throw new Unmet("passes it on");
        }
        int got = Message.statusIn(at.in);
        if (got != status) {
            throw new Unmet(got == 0 ? "closes without an answer" : "the client gets " + got);
        }
        sockets.await(at::hasEnded, status + ", and keeps the connection open");
        for (Endpoint begun : sockets.origins()) {
            if (begun.heard) {
                sockets.await(begun::hasEnded, status + ", and keeps the origin's connection open");
            }
        }
        if (anyWhole()) {
            throw new Unmet(status + ", and serves what follows");
        }
    }

    /** Whoever comes next gets what is for it, whatever happened before. */
    void servesOthers() throws IOException {
        connect();
        client().send("GET /own HTTP/1.1\r\nHost: other\r\n\r\n");
        exchange("another client: ", "GET /own HTTP/1.1", "own");
    }

    private void exchange(String who, String startLine, String body) throws IOException {
        try {
            awaitRequest(true, startLine);
            origin().send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            gets(200, false, Check.body(body));
        } catch (Unmet e) {
            throw new Unmet(who + e.observed());
        }
    }

    private void reads(Endpoint at, String who, String bytes) throws IOException {
        sockets.await(() -> at.in.length() >= bytes.length() || at.hasEnded(), who + " gets a part of the bytes");
        String got = at.in.substring(0, Math.min(at.in.length(), bytes.length()));
        if (!got.equals(bytes)) {
            throw new Unmet(who + " gets "
                    + (got.length() > 100 ? got.length() + " other bytes" : "'" + Message.shown(got) + "'"));
        }
        at.in.delete(0, bytes.length());
    }

    private static void check(String prefix, Message message, Check... checks) {
        for (Check check : checks) {
            try {
                check.on(message);
            } catch (Unmet e) {
                throw new Unmet(prefix + e.observed());
            }
        }
    }

    @Override
    public void close() throws IOException {
        sockets.close();
    }
}
