package io.fastsocket.examples.wire;

import static io.fastsocket.examples.wire.Check.body;
import static io.fastsocket.examples.wire.Check.doesNotSayClose;
import static io.fastsocket.examples.wire.Check.field;
import static io.fastsocket.examples.wire.Check.fields;
import static io.fastsocket.examples.wire.Check.lacks;
import static io.fastsocket.examples.wire.Check.names;
import static io.fastsocket.examples.wire.Text.OK;
import static io.fastsocket.examples.wire.Text.answer;
import static io.fastsocket.examples.wire.Text.get;
import static io.fastsocket.examples.wire.Text.head;
import static io.fastsocket.examples.wire.Text.post;
import static io.fastsocket.examples.wire.WireCase.wire;

import java.util.List;

/** Fields that end at a connection (RFC 9110, 7.6.1), and those that say who asked. */
final class ConnectionFieldCases {
    private static final String HOP = "RFC 9110, 7.6.1";

    private ConnectionFieldCases() {}

    private static WireCase answered(String name, String rule) {
        return wire(name, rule).send(get("/")).arrives("GET / HTTP/1.1");
    }

    static List<WireCase> cases() {
        return List.of(
                wire("a field that Connection names does not arrive", HOP)
                        .send(get("/", "Connection: X-Hop", "X-Hop: 1", "X-Stays: 2"))
                        .arrives("GET / HTTP/1.1", lacks("x-hop"), field("x-stays", "2"))
                        .served()
                        .kept(),
                wire("fields that a list in Connection names do not arrive", HOP)
                        .send(get("/", "Connection: close ,\tX-Hop,,X-Other", "X-Hop: 1", "x-other: 2"))
                        .arrives("GET / HTTP/1.1", lacks("x-hop", "x-other"))
                        .served()
                        .closed(),
                wire("fields that two Connection fields name do not arrive", HOP)
                        .send(get("/", "Connection: X-Hop", "Connection: X-Other", "X-Hop: 1", "X-Other: 2"))
                        .arrives("GET / HTTP/1.1", lacks("x-hop", "x-other"))
                        .served()
                        .kept(),
                wire("close of a client does not reach the origin", HOP)
                        .send(get("/", "Connection: close"))
                        .arrives("GET / HTTP/1.1", lacks("connection"))
                        .answer(OK)
                        .gets(200, body("ok"), field("connection", "close"))
                        .closed(),
                wire("keep-alive of a client does not reach the origin", HOP)
                        .send(get("/", "Connection: keep-alive", "Keep-Alive: timeout=5"))
                        .arrives("GET / HTTP/1.1", lacks("connection", "keep-alive"))
                        .served()
                        .kept(),
                wire("TE does not reach the origin", "RFC 9110, 10.1.4")
                        .send(get("/", "Connection: TE", "TE: trailers, deflate;q=0.5"))
                        .arrives("GET / HTTP/1.1", lacks("te"))
                        .served()
                        .kept(),
                wire("Proxy-Connection does not reach the origin", HOP)
                        .send(get("/", "Proxy-Connection: keep-alive"))
                        .arrives("GET / HTTP/1.1", lacks("proxy-connection"))
                        .served()
                        .kept(),
                wire("credentials for a proxy end at the proxy", "RFC 9110, 11.7.2")
                        .send(get("/", "Proxy-Authorization: Basic eA=="))
                        .arrives("GET / HTTP/1.1", lacks("proxy-authorization"))
                        .served()
                        .kept(),
                wire("a field named Proxy, which CGI makes a variable of, does not arrive", "RFC 3875, 4.1.18")
                        .send(get("/", "Proxy: http://evil/"))
                        .arrives("GET / HTTP/1.1", lacks("proxy"))
                        .served()
                        .kept(),
                wire("Upgrade that Connection does not name does not arrive", "RFC 9110, 7.8")
                        .send(get("/", "Upgrade: websocket"))
                        .arrives("GET / HTTP/1.1", lacks("upgrade", "connection"))
                        .served()
                        .kept(),
                wire("Connection that names the host is refused or not obeyed", HOP)
                        .send(get("/", "Connection: Host"))
                        .refused(400),
                wire("Connection that names the length is refused or not obeyed", HOP)
                        .send(post("/", "Connection: Content-Length", "Content-Length: 4") + "body")
                        .refused(400),
                wire("Connection that names the coding is refused or not obeyed", HOP)
                        .send(post("/", "Connection: Transfer-Encoding", "Transfer-Encoding: chunked") + "0\r\n\r\n")
                        .refused(400),
                wire("Connection cannot take away what the proxy says of the client", HOP)
                        .send(get("/", "Connection: X-Forwarded-For", "X-Forwarded-For: 10.9.8.7"))
                        .arrives("GET / HTTP/1.1", field("x-forwarded-for", "127.0.0.1"))
                        .served()
                        .kept(),
                wire("a field of the end passes with its value as it is", "RFC 9110, 5.5")
                        .send(get("/", "X-A:  a , b;c=\"d\\\"e\"  ", "User-Agent: me", "Authorization: Basic eA=="))
                        .arrives(
                                "GET / HTTP/1.1",
                                field("x-a", "a , b;c=\"d\\\"e\""),
                                field("user-agent", "me"),
                                field("authorization", "Basic eA=="))
                        .served()
                        .kept(),
                wire("a request without User-Agent gets none", "RFC 9110, 10.1.5")
                        .send(get("/"))
                        .arrives("GET / HTTP/1.1", lacks("user-agent"))
                        .served()
                        .kept(),
                wire("fields with the same name arrive in their order", "RFC 9110, 5.3")
                        .send(get("/", "X-A: 1", "X-B: 2", "X-A: 3"))
                        .arrives("GET / HTTP/1.1", fields("x-a", "1", "3"))
                        .served()
                        .kept(),
                wire("several fields of cookies arrive", "RFC 6265, 5.4")
                        .send(get("/", "Cookie: a=b", "Cookie: c=d; e"))
                        .arrives("GET / HTTP/1.1", fields("cookie", "a=b", "c=d; e"))
                        .served()
                        .kept(),
                wire("Max-Forwards of a GET passes as it is", "RFC 9110, 7.6.2")
                        .send(get("/", "Max-Forwards: 0"))
                        .arrives("GET / HTTP/1.1", field("max-forwards", "0"))
                        .served()
                        .kept(),
                wire("Range of a POST passes as it is", "RFC 9110, 14.2")
                        .send(post("/", "Range: bytes=0-1", "Content-Length: 0"))
                        .arrives("POST / HTTP/1.1", field("range", "bytes=0-1"))
                        .served()
                        .kept(),
                // ---- responses
                answered("a field that Connection of a response names does not arrive", HOP)
                        .answer(answer(200, "ok", "Connection: X-Hop", "X-Hop: 1", "X-Stays: 2"))
                        .gets(200, body("ok"), lacks("x-hop"), field("x-stays", "2"))
                        .kept(),
                answered("Keep-Alive of a response does not arrive", HOP)
                        .answer(answer(200, "ok", "Connection: keep-alive", "Keep-Alive: timeout=1"))
                        .gets(200, body("ok"), lacks("keep-alive"))
                        .kept(),
                answered("close of an origin does not close the client", HOP)
                        .answer(answer(200, "ok", "Connection: close"))
                        .gets(200, body("ok"), doesNotSayClose())
                        .kept(),
                answered("an origin that says close is not used again", "RFC 9112, 9.6")
                        .answer(answer(200, "ok", "Connection: close"))
                        .gets(200, body("ok"))
                        .originClosed(),
                answered("close among other names of an origin counts", "RFC 9112, 9.6")
                        .answer(answer(200, "ok", "Connection: X-Hop, Close"))
                        .gets(200, body("ok"))
                        .originClosed(),
                answered("Proxy-Authenticate of an origin does not arrive", "RFC 9110, 11.7.1")
                        .answer(answer(200, "ok", "Proxy-Authenticate: Basic"))
                        .gets(200, body("ok"), lacks("proxy-authenticate"))
                        .kept(),
                answered("Upgrade of a response 200 is an offer for one connection", "RFC 9110, 7.8")
                        .answer(answer(200, "ok", "Connection: Upgrade", "Upgrade: h2"))
                        .gets(200, body("ok"), lacks("upgrade"))
                        .kept(),
                answered("a response 426 says to what one is to upgrade", "RFC 9110, 15.5.22")
                        .answer(answer(
                                426, "no", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"))
                        .gets(
                                426,
                                body("no"),
                                names("connection", "upgrade"),
                                field("upgrade", "websocket"),
                                field("sec-websocket-version", "13"))
                        .kept(),
                // ---- who asked
                wire("the client's address is said", "RFC 7239, 5.2")
                        .send(get("/"))
                        .arrives("GET / HTTP/1.1", field("x-forwarded-for", "127.0.0.1"))
                        .served()
                        .kept(),
                wire("the client's address goes behind those of proxies before", "RFC 7239, 7.1")
                        .send(get("/", "X-Forwarded-For: 10.9.8.7"))
                        .arrives("GET / HTTP/1.1", field("x-forwarded-for", "10.9.8.7, 127.0.0.1"))
                        .served()
                        .kept(),
                wire("two fields of addresses become one list in their order", "RFC 9110, 5.3")
                        .send(get("/", "X-Forwarded-For: 10.9.8.7", "X-Forwarded-For: 10.6.5.4"))
                        .arrives("GET / HTTP/1.1", field("x-forwarded-for", "10.9.8.7, 10.6.5.4, 127.0.0.1"))
                        .served()
                        .kept(),
                wire("Forwarded says address, scheme and host", "RFC 7239, 4")
                        .send(get("/"))
                        .arrives("GET / HTTP/1.1", field("forwarded", "for=127.0.0.1;proto=http;host=test"))
                        .served()
                        .kept(),
                wire("Forwarded goes behind that of a proxy before", "RFC 7239, 4")
                        .send(get("/", "Forwarded: for=10.9.8.7"))
                        .arrives(
                                "GET / HTTP/1.1",
                                field("forwarded", "for=10.9.8.7, for=127.0.0.1;proto=http;host=test"))
                        .served()
                        .kept(),
                wire("the scheme and the host that were asked for are said", "RFC 7239, 5")
                        .send(get("/"))
                        .arrives(
                                "GET / HTTP/1.1", field("x-forwarded-proto", "http"), field("x-forwarded-host", "test"))
                        .served()
                        .kept(),
                wire("Via of a client passes", "RFC 9110, 7.6.3")
                        .send(get("/", "Via: 1.1 before"))
                        .arrives("GET / HTTP/1.1", field("via", "1.1 before"))
                        .served()
                        .kept(),
                wire("the fields of one request do not come with the next", "RFC 9112, 9.3")
                        .send(get("/", "X-A: 1", "Cookie: a=b") + get("/2"))
                        .arrives("GET / HTTP/1.1", field("x-a", "1"))
                        .served()
                        .arrives("GET /2 HTTP/1.1", lacks("x-a", "cookie"))
                        .served(),
                // ---- HTTP/1.0
                wire("a request of HTTP/1.0 goes on as HTTP/1.1", "RFC 9112, 2.3")
                        .send(head("GET / HTTP/1.0", "Host: test"))
                        .arrives("GET / HTTP/1.1", field("host", "test"))
                        .served()
                        .closed(),
                wire("a response to HTTP/1.0 says close and closes", "RFC 9112, 9.3")
                        .send(head("GET / HTTP/1.0", "Host: test"))
                        .arrives("GET / HTTP/1.*")
                        .answer(OK)
                        .gets(200, body("ok"), names("connection", "close"))
                        .closed(),
                wire("a client of HTTP/1.0 that asks for it is kept", "RFC 9112, 9.3")
                        .send(head("GET / HTTP/1.0", "Host: test", "Connection: keep-alive"))
                        .arrives("GET / HTTP/1.*")
                        .answer(OK)
                        .gets(200, body("ok"), names("connection", "keep-alive"))
                        .kept(),
                wire("a request of HTTP/1.0 without a host gets one", "RFC 9112, 3.2")
                        .send(head("GET / HTTP/1.0"))
                        .arrives("GET / HTTP/1.*", message -> {
                            if (message.all("host").size() != 1) {
                                throw new Unmet("no host");
                            }
                        })
                        .served()
                        .closed(),
                wire("a client of HTTP/1.0 gets no chunks", "RFC 9112, 6.1")
                        .send(head("GET / HTTP/1.0", "Host: test"))
                        .arrives("GET / HTTP/1.*")
                        .answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")
                        .gets(200, body("ok"), lacks("transfer-encoding"))
                        .closed(),
                wire("a client of HTTP/1.0 gets no interim response", "RFC 9110, 15.2")
                        .send(head("GET / HTTP/1.0", "Host: test"))
                        .arrives("GET / HTTP/1.*")
                        .answer("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + OK)
                        .gets(200, body("ok"))
                        .closed(),
                wire("Upgrade of HTTP/1.0 does not arrive", "RFC 9110, 7.8")
                        .send(head("GET / HTTP/1.0", "Host: test", "Connection: Upgrade", "Upgrade: websocket"))
                        .arrives("GET / HTTP/1.*", lacks("upgrade"))
                        .served()
                        .closed(),
                wire("a cut response to HTTP/1.0 ends with a reset", "RFC 9112, 8")
                        .send(head("GET / HTTP/1.0", "Host: test"))
                        .arrives("GET / HTTP/1.*")
                        .answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n")
                        .getsHead(200)
                        .originCloses()
                        .cut());
    }
}
