package io.fastsocket.examples.wire;

import static io.fastsocket.examples.wire.Check.body;
import static io.fastsocket.examples.wire.Check.field;
import static io.fastsocket.examples.wire.Text.OK;
import static io.fastsocket.examples.wire.Text.answer;
import static io.fastsocket.examples.wire.Text.answerHead;
import static io.fastsocket.examples.wire.Text.get;
import static io.fastsocket.examples.wire.Text.post;
import static io.fastsocket.examples.wire.Text.request;
import static io.fastsocket.examples.wire.WireCase.wire;

import io.fastsocket.examples.wire.WireCase.Origins;
import java.util.List;

/** One request after another, interim and early answers, and origins and clients that fail. */
final class ExchangeCases {
    private static final String PIPELINE = "RFC 9112, 9.3.2";
    private static final String EXPECT = "RFC 9110, 10.1.1";
    private static final String REPEAT = "RFC 9110, 9.2.2";
    private static final String GATEWAY = "RFC 9110, 15.6.3";
    private static final String CONTINUE = answerHead(100);
    private static final String TOO_LARGE = answer(413, "no", "Connection: close");

    private ExchangeCases() {}

    private static WireCase expecting(String name, String rule) {
        return wire(name, rule)
                .send(post("/", "Expect: 100-continue", "Content-Length: 4"))
                .headArrives("POST / HTTP/1.1");
    }

    private static WireCase answered(String name, String rule) {
        return wire(name, rule).send(get("/")).arrives("GET / HTTP/1.1");
    }

    /** An upload whose head and whose first bytes have arrived. */
    private static WireCase uploading(String name, int length) {
        return wire(name, "RFC 9112, 9.6")
                .send(post("/", "Content-Length: " + length) + "half.")
                .headArrives("POST / HTTP/1.1")
                .originReads("half.");
    }

    static List<WireCase> cases() {
        return List.of(
                // ---- interim responses
                expecting("an expectation goes to the origin", EXPECT)
                        .answer(CONTINUE)
                        .getsBodyless(100)
                        .send("body")
                        .restArrives(body("body"))
                        .served()
                        .kept(),
                wire("an expectation arrives as it is", EXPECT)
                        .send(post("/", "Expect: 100-continue", "Content-Length: 4"))
                        .headArrives("POST / HTTP/1.1", field("expect", "100-continue"))
                        .answer(CONTINUE)
                        .getsBodyless(100)
                        .send("body")
                        .restArrives(body("body"))
                        .served(),
                expecting("a body that does not wait for 100 arrives", EXPECT)
                        .send("body")
                        .restArrives(body("body"))
                        .served()
                        .kept(),
                expecting("a final answer to an expectation takes the place of 100", EXPECT)
                        .answer(answer(417, "no"))
                        .gets(417, body("no")),
                wire("an expectation that nobody knows goes to the origin", EXPECT)
                        .send(get("/", "Expect: the-unexpected"))
                        .arrives("GET / HTTP/1.1", field("expect", "the-unexpected"))
                        .answer(answer(417, "no"))
                        .gets(417, body("no"))
                        .kept(),
                answered("early hints pass", "RFC 8297, 2")
                        .answer(answerHead(103, "Link: </x>"))
                        .getsBodyless(103, field("link", "</x>"))
                        .answer(OK)
                        .gets(200, body("ok"))
                        .kept(),
                answered("several interim responses pass in their order", "RFC 9110, 15.2")
                        .answer(answerHead(102) + answerHead(103, "Link: </x>") + OK)
                        .getsBodyless(102)
                        .getsBodyless(103)
                        .gets(200, body("ok"))
                        .kept(),
                answered("100 that was not expected does not harm", "RFC 9110, 15.2.1")
                        .answer(CONTINUE + OK)
                        .getsBodyless(100)
                        .gets(200, body("ok"))
                        .kept(),
                answered("fields of the connection in an interim response do not arrive", "RFC 9110, 7.6.1")
                        .answer(answerHead(103, "Connection: X-Hop", "X-Hop: 1", "Link: </x>"))
                        .getsBodyless(103, Check.lacks("x-hop"))
                        .answer(OK)
                        .gets(200, body("ok")),
                answered("an origin that ends after an interim response is a fault", GATEWAY)
                        .answer(answerHead(103, "Link: </x>"))
                        .getsBodyless(103)
                        .originCloses()
                        .gets(502),
                // ---- one after another
                wire("pipelined requests are answered in their order", PIPELINE)
                        .send(get("/1") + get("/2") + get("/3"))
                        .arrives("GET /1 HTTP/1.1")
                        .answer(answer(200, "1"))
                        .gets(200, body("1"))
                        .arrives("GET /2 HTTP/1.1")
                        .answer(answer(200, "22"))
                        .gets(200, body("22"))
                        .arrives("GET /3 HTTP/1.1")
                        .answer(answer(200, "333"))
                        .gets(200, body("333"))
                        .kept(),
                wire("pipelined requests with bodies keep each its own", PIPELINE)
                        .send(post("/1", "Content-Length: 2") + "11"
                                + post("/2", "Transfer-Encoding: chunked") + "3\r\n222\r\n0\r\n\r\n"
                                + get("/3"))
                        .arrives("POST /1 HTTP/1.1", body("11"))
                        .served()
                        .arrives("POST /2 HTTP/1.1", body("222"))
                        .served()
                        .arrives("GET /3 HTTP/1.1", body(""))
                        .served(),
                wire("a request behind one that says close is not served", "RFC 9112, 9.6")
                        .send(get("/1", "Connection: close") + get("/2"))
                        .arrives("GET /1 HTTP/1.1")
                        .served()
                        .leavesNoMore(),
                wire("a request behind one of HTTP/1.0 is not served", "RFC 9112, 9.3")
                        .send("GET /1 HTTP/1.0\r\nHost: test\r\n\r\n" + get("/2"))
                        .arrives("GET /1 HTTP/1.*")
                        .served()
                        .leavesNoMore(),
                wire("a bad request behind a good one is refused after its answer", PIPELINE)
                        .send(get("/1") + "GET /2 HTTP/1.1\r\nHost : x\r\n\r\n")
                        .arrives("GET /1 HTTP/1.1")
                        .served()
                        .gets(400)
                        .leavesNoMore(),
                wire("a client that ends its side gets what it has asked for", "RFC 9112, 9.6")
                        .send(get("/1") + get("/2"))
                        .clientEndsItsSide()
                        .arrives("GET /1 HTTP/1.1")
                        .served()
                        .arrives("GET /2 HTTP/1.1")
                        .served()
                        .closed(),
                wire("a client gets its answer, whoever comes between", "RFC 9112, 9.2")
                        .send(get("/1"))
                        .arrives("GET /1 HTTP/1.1")
                        .nextClient()
                        .send(get("/2"))
                        .arrives("GET /2 HTTP/1.1")
                        .answer(answer(200, "for 2"))
                        .gets(200, body("for 2"))
                        .origin(0)
                        .answer(answer(200, "for 1"))
                        .client(0)
                        .gets(200, body("for 1"))
                        .kept(),
                // ---- early answers
                uploading("an answer before the whole body reaches the client", 10)
                        .answer(answer(403, "no"))
                        .gets(403, body("no")),
                uploading("a request is not the rest of a body that was answered early", 10)
                        .answer(answer(403, "no"))
                        .gets(403, body("no"))
                        .send("rest." + get("/2"))
                        .leavesNoMore(),
                wire("an early answer with close reaches a client that still sends", "RFC 9112, 9.6")
                        .send(post("/", "Content-Length: 5242880"))
                        .headArrives("POST / HTTP/1.1")
                        .answer(TOO_LARGE)
                        .originCloses()
                        .send("x".repeat(5 << 20))
                        .gets(413, body("no")),
                wire("an early answer with close reaches a client in the middle of what it sends", "RFC 9112, 9.6")
                        .send(post("/", "Content-Length: 300000") + "x".repeat(100_000))
                        .headArrives("POST / HTTP/1.1")
                        .answer(TOO_LARGE)
                        .originCloses()
                        .send("x".repeat(200_000))
                        .gets(413, body("no")),
                wire("an early answer to chunks reaches the client", "RFC 9112, 9.6")
                        .send(post("/", "Transfer-Encoding: chunked") + "5\r\nhalf.\r\n")
                        .headArrives("POST / HTTP/1.1")
                        .originReads("5\r\nhalf.\r\n")
                        .answer(TOO_LARGE)
                        .originCloses()
                        .gets(413, body("no")),
                wire("an early answer that ends with its connection reaches the client", "RFC 9112, 9.6")
                        .send(post("/", "Content-Length: 300000") + "x".repeat(100_000))
                        .headArrives("POST / HTTP/1.1")
                        .answer(answerHead(413) + "no")
                        .originCloses()
                        .send("x".repeat(200_000))
                        .gets(413, body("no")),
                uploading("an origin that ends within a body without an answer is a fault", 10)
                        .originCloses()
                        .send("rest.")
                        .gets(502),
                // ---- origins that fail
                answered("an origin that ends without an answer is a fault", GATEWAY)
                        .originCloses()
                        .gets(502)
                        .kept(),
                answered("an origin that resets without an answer is a fault", GATEWAY)
                        .originResets()
                        .gets(502)
                        .kept(),
                wire("no origin is a fault", GATEWAY)
                        .before(Origins.NONE_LISTENS)
                        .send(get("/"))
                        .getsGatewayFailure(),
                wire("a body to no origin is a fault, and its client is told", GATEWAY)
                        .before(Origins.NONE_LISTENS)
                        .send(post("/", "Content-Length: 4") + "body")
                        .getsGatewayFailure(),
                wire("a request that one origin does not take goes to another", "RFC 9110, 9.2.2")
                        .before(Origins.ONE_OF_TWO_REFUSES)
                        .send(get("/1"))
                        .arrives("GET /1 HTTP/1.1")
                        .served()
                        .send(get("/2"))
                        .arrives("GET /2 HTTP/1.1")
                        .served()
                        .send(get("/3"))
                        .arrives("GET /3 HTTP/1.1")
                        .served()
                        .kept(),
                wire("a GET that an origin resets goes to another", REPEAT)
                        .before(Origins.TWO)
                        .send(get("/"))
                        .arrives("GET / HTTP/1.1")
                        .originResets()
                        .arrives("GET / HTTP/1.1")
                        .served()
                        .kept(),
                wire("a GET that an origin ends goes to another", REPEAT)
                        .before(Origins.TWO)
                        .send(get("/"))
                        .arrives("GET / HTTP/1.1")
                        .originCloses()
                        .arrives("GET / HTTP/1.1")
                        .served()
                        .kept(),
                wire("a GET that both origins reset is a fault", REPEAT)
                        .before(Origins.TWO)
                        .send(get("/"))
                        .arrives("GET / HTTP/1.1")
                        .originResets()
                        .arrives("GET / HTTP/1.1")
                        .originResets()
                        .gets(502),
                wire("a POST that an origin resets is not repeated", REPEAT)
                        .before(Origins.TWO)
                        .send(post("/", "Content-Length: 4") + "body")
                        .arrives("POST / HTTP/1.1", body("body"))
                        .originResets()
                        .gets(502)
                        .kept(),
                wire("a POST without a body that an origin resets is not repeated", REPEAT)
                        .before(Origins.TWO)
                        .send(post("/", "Content-Length: 0"))
                        .arrives("POST / HTTP/1.1")
                        .originResets()
                        .gets(502)
                        .kept(),
                wire("a GET that got a part of an answer is not repeated", REPEAT)
                        .before(Origins.TWO)
                        .send(get("/"))
                        .arrives("GET / HTTP/1.1")
                        .answer("HTTP/1.1 200 OK\r\nContent-Le")
                        .originCloses()
                        .gets(502),
                wire("an origin that ends a kept connection is asked again on a new one", "RFC 9112, 9.3.1")
                        .send(get("/1"))
                        .arrives("GET /1 HTTP/1.1")
                        .served()
                        .originCloses()
                        .send(get("/2"))
                        .arrives("GET /2 HTTP/1.1")
                        .served()
                        .kept(),
                wire("a kept connection that is reset with the next request on it is asked again", "RFC 9112, 9.3.1")
                        .send(get("/1"))
                        .arrives("GET /1 HTTP/1.1")
                        .served()
                        .send(get("/2"))
                        .arrives("GET /2 HTTP/1.1")
                        .originResets()
                        .arrives("GET /2 HTTP/1.1")
                        .served()
                        .kept(),
                wire("a POST on a kept connection that is reset is not repeated", "RFC 9112, 9.3.1")
                        .send(get("/1"))
                        .arrives("GET /1 HTTP/1.1")
                        .served()
                        .send(post("/2", "Content-Length: 4") + "body")
                        .arrives("POST /2 HTTP/1.1", body("body"))
                        .originResets()
                        .gets(502)
                        .kept(),
                answered("a client that resets within its answer ends the origin's work", "RFC 9112, 9.6")
                        .answer(answerHead(200, "Content-Length: 10") + "half.")
                        .getsHead(200)
                        .clientResets()
                        .originClosed(),
                // ---- clients that go away
                answered("a client that resets while it waits ends the origin's work", "RFC 9112, 9.6")
                        .clientResets()
                        .originClosed(),
                answered("a client that closes while it waits ends the origin's work", "RFC 9112, 9.6")
                        .clientCloses()
                        .originClosed(),
                wire("a HEAD is not taken for a GET by the next on its connection", "RFC 9110, 9.3.2")
                        .send(request("HEAD", "/1") + get("/2"))
                        .arrives("HEAD /1 HTTP/1.1")
                        .answer(answerHead(200, "Content-Length: 2"))
                        .getsBodyless(200)
                        .arrives("GET /2 HTTP/1.1")
                        .served());
    }
}
