package io.fastsocket.examples.wire;

import static io.fastsocket.examples.wire.Check.body;
import static io.fastsocket.examples.wire.Check.field;
import static io.fastsocket.examples.wire.Check.lacks;
import static io.fastsocket.examples.wire.Check.names;
import static io.fastsocket.examples.wire.Text.OK;
import static io.fastsocket.examples.wire.Text.answer;
import static io.fastsocket.examples.wire.Text.answerHead;
import static io.fastsocket.examples.wire.Text.get;
import static io.fastsocket.examples.wire.Text.post;
import static io.fastsocket.examples.wire.WireCase.wire;

import java.util.List;

/** A change of protocol, and the tunnel that follows (RFC 9110, 7.8; RFC 6455). */
final class UpgradeCases {
    private static final String UPGRADE = "RFC 9110, 7.8";
    private static final String[] WEBSOCKET = {
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
    };
    private static final String ACCEPTED = answerHead(
            101, "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    private static final String FOO_ACCEPTED = answerHead(101, "Connection: Upgrade", "Upgrade: foo");
    private static final String MASKED_FRAME = "\u0081\u0085\0\0\0\0hello";
    private static final String BIG = "0123456789abcdef".repeat(64 << 10);

    private UpgradeCases() {}

    private static WireCase asks(String name, String rule) {
        return wire(name, rule)
                .send(get("/", WEBSOCKET))
                .arrives("GET / HTTP/1.1", names("connection", "upgrade"), field("upgrade", "websocket"));
    }

    private static WireCase tunnel(String name, String rule) {
        return asks(name, rule).answer(ACCEPTED).getsBodyless(101);
    }

    private static WireCase asksForFoo(String name, String behind) {
        return wire(name, UPGRADE).send(get("/", "Connection: Upgrade", "Upgrade: foo") + behind);
    }

    /** What is behind a head that asks for another protocol is of that protocol. */
    private static WireCase held(String name, String behind) {
        return asksForFoo(name, behind)
                .arrives("GET / HTTP/1.1", field("upgrade", "foo"))
                .answer(FOO_ACCEPTED)
                .getsBodyless(101, field("upgrade", "foo"))
                .originReads(behind)
                .send("MORE")
                .originReads("MORE")
                .answer("back")
                .clientReads("back");
    }

    static List<WireCase> cases() {
        return List.of(
                asks("a websocket handshake passes both ways", "RFC 6455, 4.1")
                        .answer(ACCEPTED)
                        .getsBodyless(
                                101,
                                names("connection", "upgrade"),
                                field("upgrade", "websocket"),
                                field("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")),
                wire("the key and the version of a websocket arrive", "RFC 6455, 4.1")
                        .send(get("/", WEBSOCKET))
                        .arrives(
                                "GET / HTTP/1.1",
                                field("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
                                field("sec-websocket-version", "13"))
                        .answer(ACCEPTED)
                        .getsBodyless(101),
                tunnel("bytes pass both ways after 101", UPGRADE)
                        .send(MASKED_FRAME)
                        .originReads(MASKED_FRAME)
                        .answer("\u0081\u0005HELLO")
                        .clientReads("\u0081\u0005HELLO"),
                tunnel("a mebibyte passes both ways after 101", UPGRADE)
                        .send(BIG)
                        .originReads(BIG)
                        .answer(BIG)
                        .clientReads(BIG),
                tunnel("what looks like HTTP in a tunnel passes as it is", UPGRADE)
                        .send(get("/x", "Connection: close"))
                        .originReads(get("/x", "Connection: close"))
                        .answer(OK)
                        .clientReads(OK),
                tunnel("many small messages in turn pass a tunnel", "RFC 6455, 5")
                        .turns(100),
                asks("what an origin says right behind 101 is of the tunnel", UPGRADE)
                        .answer(ACCEPTED + "\u0081\u0005HELLO")
                        .getsBodyless(101)
                        .clientReads("\u0081\u0005HELLO")
                        .send("x")
                        .originReads("x"),
                held("text behind a request for an upgrade is held for the tunnel", "hello"),
                held("a line behind a request for an upgrade is held for the tunnel", "foo\r\n"),
                held("binary behind a request for an upgrade is held for the tunnel", "\0\u0001\u00fe\u00ff\r\n\r\n\0"),
                held("a request behind a request for an upgrade is held for the tunnel", get("/2")),
                held("eight KiB behind a request for an upgrade are held for the tunnel", "x".repeat(8 << 10)),
                wire("a frame behind a websocket request is held for the tunnel", "RFC 6455, 4.1")
                        .send(get("/", WEBSOCKET) + MASKED_FRAME)
                        .arrives("GET / HTTP/1.1", field("upgrade", "websocket"))
                        .answer(ACCEPTED)
                        .getsBodyless(101)
                        .originReads(MASKED_FRAME),
                asksForFoo("what is behind a request for an upgrade does not arrive before 101", "hello")
                        .headArrives("GET / HTTP/1.1")
                        .originHasNoMore()
                        .answer(FOO_ACCEPTED)
                        .getsBodyless(101)
                        .originReads("hello"),
                asksForFoo("a request behind a refused upgrade is the next request", get("/2"))
                        .arrives("GET / HTTP/1.1")
                        .answer(answer(403, "no"))
                        .gets(403, body("no"))
                        .arrives("GET /2 HTTP/1.1")
                        .served(),
                asksForFoo("what is no request behind a refused upgrade reaches nobody", "\0\u0001\u00fe\r\n\r\n")
                        .arrives("GET / HTTP/1.1")
                        .answer(answer(403, "no"))
                        .gets(403, body("no"))
                        .leavesNoMore(),
                asks("a response 200 to an upgrade is a response", UPGRADE)
                        .answer(OK)
                        .gets(200, body("ok"))
                        .kept(),
                asks("a response 426 to an upgrade is a response", "RFC 9110, 15.5.22")
                        .answer(answer(426, "no", "Connection: Upgrade", "Upgrade: foo"))
                        .gets(426, body("no"), field("upgrade", "foo"))
                        .kept(),
                asks("a response 400 without a length to an upgrade ends with its connection", UPGRADE)
                        .answer(answerHead(400) + "no")
                        .originEndsItsSide()
                        .gets(400, body("no")),
                wire("101 to a request that did not ask is a fault", UPGRADE)
                        .send(get("/"))
                        .arrives("GET / HTTP/1.1")
                        .answer(FOO_ACCEPTED)
                        .gets(502),
                asks("101 to a websocket without its acceptance is a fault", "RFC 6455, 4.2.2")
                        .answer(answerHead(101, "Connection: Upgrade", "Upgrade: websocket"))
                        .gets(502),
                asks("101 of another protocol to a websocket is a fault", UPGRADE)
                        .answer(FOO_ACCEPTED)
                        .gets(502),
                asksForFoo("101 that names no protocol is for the client to judge", "")
                        .arrives("GET / HTTP/1.1")
                        .answer(answerHead(101, "Connection: Upgrade"))
                        .getsBodyless(101)
                        .send("x")
                        .originReads("x"),
                asksForFoo("101 of another protocol than asked for is for the client to judge", "")
                        .arrives("GET / HTTP/1.1")
                        .answer(answerHead(101, "Connection: Upgrade", "Upgrade: bar"))
                        .getsBodyless(101, field("upgrade", "bar"))
                        .send("x")
                        .originReads("x"),
                wire("an upgrade to HTTP/2 is not asked for", "RFC 9113, 3.1")
                        .send(get(
                                "/",
                                "Connection: Upgrade, HTTP2-Settings",
                                "Upgrade: h2c",
                                "HTTP2-Settings: AAMAAABkAAQAAP__"))
                        .arrives("GET / HTTP/1.1", lacks("upgrade", "http2-settings"))
                        .served()
                        .kept(),
                wire("Upgrade beside other names of Connection arrives", "RFC 9110, 7.6.1")
                        .send(get("/", "Connection: keep-alive, Upgrade, X-Hop", "Upgrade: foo", "X-Hop: 1"))
                        .arrives("GET / HTTP/1.1", field("upgrade", "foo"), lacks("x-hop"))
                        .answer(FOO_ACCEPTED)
                        .getsBodyless(101),
                wire("a POST may ask for an upgrade, and its body is its body", UPGRADE)
                        .send(post("/", "Connection: Upgrade", "Upgrade: foo", "Content-Length: 4") + "bodyTUNNEL")
                        .arrives("POST / HTTP/1.1", body("body"))
                        .answer(FOO_ACCEPTED)
                        .getsBodyless(101)
                        .originReads("TUNNEL"),
                wire("a chunked POST that asks for an upgrade may be refused", UPGRADE)
                        .send(post("/", "Connection: Upgrade", "Upgrade: foo", "Transfer-Encoding: chunked")
                                + "4\r\nbody\r\n0\r\n\r\n")
                        .arrives("POST / HTTP/1.1", body("body"))
                        .answer(answer(403, "no"))
                        .gets(403, body("no"))
                        .kept(),
                tunnel("the end of the origin's side ends the client's, after what it said", UPGRADE)
                        .answer("last")
                        .originEndsItsSide()
                        .clientReads("last")
                        .closed(),
                tunnel("the end of the client's side ends the origin's, after what it said", UPGRADE)
                        .send("last")
                        .clientEndsItsSide()
                        .originReads("last")
                        .originClosed(),
                tunnel("each side of a tunnel ends by itself", UPGRADE)
                        .send("last")
                        .clientEndsItsSide()
                        .originReads("last")
                        .originClosed()
                        .answer("and back")
                        .originEndsItsSide()
                        .clientReads("and back")
                        .closed(),
                tunnel("a reset by the client ends the origin's connection", UPGRADE)
                        .clientResets()
                        .originClosed(),
                tunnel("a reset by the origin ends the client's connection", UPGRADE)
                        .originResets()
                        .closed(),
                tunnel("a client that reads nothing holds the origin up and loses nothing", UPGRADE)
                        .clientReadsNothing(true)
                        .answer(BIG.repeat(8))
                        .send("still")
                        .originReads("still")
                        .clientReadsNothing(false)
                        .clientReads(BIG.repeat(8)),
                asksForFoo("an interim response may come before 101", "")
                        .arrives("GET / HTTP/1.1")
                        .answer(answerHead(103, "Link: </x>") + FOO_ACCEPTED)
                        .getsBodyless(103)
                        .getsBodyless(101)
                        .send("x")
                        .originReads("x"),
                asksForFoo("an origin that ends before it answers an upgrade is a fault", "hello")
                        .headArrives("GET / HTTP/1.1")
                        .originCloses()
                        .gets(502));
    }
}
