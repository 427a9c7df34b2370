package io.fastsocket.examples.wire;

import static io.fastsocket.examples.wire.Check.body;
import static io.fastsocket.examples.wire.Check.field;
import static io.fastsocket.examples.wire.Check.lacks;
import static io.fastsocket.examples.wire.Check.lacksTrailers;
import static io.fastsocket.examples.wire.Check.trailer;
import static io.fastsocket.examples.wire.Text.answer;
import static io.fastsocket.examples.wire.Text.answerHead;
import static io.fastsocket.examples.wire.Text.get;
import static io.fastsocket.examples.wire.Text.head;
import static io.fastsocket.examples.wire.Text.post;
import static io.fastsocket.examples.wire.WireCase.wire;

import java.util.List;

/** The chunked coding and its trailers, both ways (RFC 9112, 6.1 and 7.1). */
final class ChunkCases {
    private static final String CHUNKED = "Transfer-Encoding: chunked";
    private static final String SMUGGLED = get("/smuggled");

    private ChunkCases() {}

    private static String chunks(String... body) {
        return post("/", CHUNKED) + String.join("\r\n", body) + "\r\n";
    }

    private static WireCase refusedChunk(String name, String rule, String body) {
        return wire(name, rule).send(post("/", CHUNKED) + body + SMUGGLED).refusedBody(400);
    }

    private static WireCase refusedCoding(String name, String... fields) {
        return wire(name, "RFC 9112, 6.1")
                .send(post("/", fields) + "0\r\n\r\n" + SMUGGLED)
                .refused(400, 501);
    }

    private static WireCase answered(String name, String rule) {
        return wire(name, rule).send(get("/")).arrives("GET / HTTP/1.1");
    }

    static List<WireCase> cases() {
        return List.of(
                wire("a body in one chunk arrives", "RFC 9112, 7.1")
                        .send(chunks("3", "abc", "0", ""))
                        .arrives("POST / HTTP/1.1", body("abc"))
                        .served()
                        .kept(),
                wire("a body in many chunks arrives", "RFC 9112, 7.1")
                        .send(post("/", CHUNKED) + "1\r\nx\r\n".repeat(1000) + "0\r\n\r\n")
                        .arrives("POST / HTTP/1.1", body("x".repeat(1000)))
                        .served()
                        .kept(),
                wire("a body of no chunk but the last arrives empty", "RFC 9112, 7.1")
                        .send(chunks("0", ""))
                        .arrives("POST / HTTP/1.1", body(""))
                        .served()
                        .kept(),
                wire("a chunk is sent on before the body is whole", "RFC 9112, 7.1")
                        .send(chunks("3", "abc"))
                        .headArrives("POST / HTTP/1.1", field("transfer-encoding", "chunked"))
                        .originReads("3\r\nabc\r\n")
                        .send("0\r\n\r\n")
                        .restArrives(body(""))
                        .served(),
                wire("a chunk that comes byte by byte arrives", "RFC 9112, 7.1")
                        .sendSlowly(chunks("4", "a\r\nb", "0", ""))
                        .arrives("POST / HTTP/1.1", body("a\r\nb"))
                        .served()
                        .kept(),
                wire("digits of a chunk size may be of either case, with zeros before", "RFC 9112, 7.1")
                        .send(chunks("000A", "0123456789", "b", "0123456789a", "00", ""))
                        .arrives("POST / HTTP/1.1", body("01234567890123456789a"))
                        .served()
                        .kept(),
                wire("the name chunked may be of either case", "RFC 9112, 7")
                        .send(post("/", "Transfer-Encoding: CHUNKED") + "3\r\nabc\r\n0\r\n\r\n")
                        .arrives("POST / HTTP/1.1", body("abc"))
                        .served()
                        .kept(),
                wire("the field name of chunks may be of either case", "RFC 9110, 5.1")
                        .send(post("/", "TRANSFER-ENCODING: chunked") + "3\r\nabc\r\n0\r\n\r\n")
                        .arrives("POST / HTTP/1.1", body("abc"))
                        .served()
                        .kept(),
                wire("a blank behind the name chunked is not of it", "RFC 9110, 5.5")
                        .send(post("/", "Transfer-Encoding: chunked ") + "3\r\nabc\r\n0\r\n\r\n")
                        .arrives("POST / HTTP/1.1", body("abc"))
                        .served()
                        .kept(),
                wire("extensions of a chunk are not of its body", "RFC 9112, 7.1.1")
                        .send(chunks("3;a=b;c=\"d;e\"", "abc", "0;last", ""))
                        .arrives("POST / HTTP/1.1", body("abc"))
                        .served()
                        .kept(),
                wire("the request behind the last chunk is the next one", "RFC 9112, 7.1")
                        .send(chunks("3", "abc", "0", "") + get("/2"))
                        .arrives("POST / HTTP/1.1", body("abc"))
                        .served()
                        .arrives("GET /2 HTTP/1.1", body(""))
                        .served(),
                wire("trailers of a request arrive", "RFC 9110, 6.5")
                        .send(post("/", CHUNKED, "Trailer: X-Sum") + "3\r\nabc\r\n0\r\nX-Sum: 7\r\n\r\n")
                        .arrives("POST / HTTP/1.1", body("abc"), trailer("x-sum", "7"))
                        .served()
                        .kept(),
                wire("a length among trailers frames nothing", "RFC 9110, 6.5.1")
                        .send(post("/", CHUNKED) + "0\r\nContent-Length: 50\r\n\r\n")
                        .arrives("POST / HTTP/1.1", lacks("content-length"), lacksTrailers("content-length"))
                        .served()
                        .kept(),
                wire("a coding among trailers frames nothing", "RFC 9110, 6.5.1")
                        .send(post("/", CHUNKED) + "0\r\nTransfer-Encoding: chunked\r\n\r\n")
                        .arrives("POST / HTTP/1.1", lacksTrailers("transfer-encoding"))
                        .served()
                        .kept(),
                wire("a host among trailers routes nothing", "RFC 9110, 6.5.1")
                        .send(post("/", CHUNKED) + "0\r\nHost: evil\r\n\r\n")
                        .arrives("POST / HTTP/1.1", field("host", "test"), lacksTrailers("host"))
                        .served()
                        .kept(),
                wire("credentials among trailers are removed", "RFC 9110, 6.5.1")
                        .send(post("/", CHUNKED) + "0\r\nAuthorization: Basic eA==\r\nCookie: a=b\r\n\r\n")
                        .arrives("POST / HTTP/1.1", lacks("authorization"), lacksTrailers("authorization", "cookie"))
                        .served()
                        .kept(),
                wire("a client's address among trailers is removed", "RFC 7239, 8.1")
                        .send(post("/", CHUNKED) + "0\r\nX-Forwarded-For: 10.9.8.7\r\nForwarded: for=10.9.8.7\r\n\r\n")
                        .arrives("POST / HTTP/1.1", lacksTrailers("x-forwarded-for", "forwarded"))
                        .served()
                        .kept(),
                refusedChunk("a chunk size that is no number is refused", "RFC 9112, 7.1", "x\r\nabc\r\n0\r\n\r\n"),
                refusedChunk("a chunk size below zero is refused", "RFC 9112, 7.1", "-1\r\nabc\r\n0\r\n\r\n"),
                refusedChunk("a chunk size with 0x is refused", "RFC 9112, 7.1", "0x3\r\nabc\r\n0\r\n\r\n"),
                refusedChunk("a chunk size with a sign is refused", "RFC 9112, 7.1", "+3\r\nabc\r\n0\r\n\r\n"),
                refusedChunk("a chunk size with an underscore is refused", "RFC 9112, 7.1", "1_0\r\nabc\r\n0\r\n\r\n"),
                refusedChunk("a chunk size of nothing is refused", "RFC 9112, 7.1", "\r\nabc\r\n0\r\n\r\n"),
                refusedChunk(
                        "a chunk size above 64 bits is refused",
                        "RFC 9112, 7.1",
                        "10000000000000003\r\nabc\r\n0\r\n\r\n"),
                refusedChunk(
                        "a chunk size above 32 bits and no such body is refused",
                        "RFC 9112, 7.1",
                        "100000003\r\nabc\r\n0\r\n\r\n"),
                refusedChunk("a blank before a chunk size is refused", "RFC 9112, 7.1", " 3\r\nabc\r\n0\r\n\r\n"),
                refusedChunk("a chunk longer than it says is refused", "RFC 9112, 7.1", "3\r\nabcd\r\n0\r\n\r\n"),
                refusedChunk("a chunk without its line end is refused", "RFC 9112, 7.1", "3\r\nabc0\r\n\r\n"),
                refusedChunk("a chunk size that ends with LF alone is refused", "RFC 9112, 7.1", "3\nabc\r\n0\r\n\r\n"),
                refusedChunk("a chunk that ends with LF alone is refused", "RFC 9112, 7.1", "3\r\nabc\n0\r\n\r\n"),
                refusedChunk("a chunk size that ends with CR alone is refused", "RFC 9112, 7.1", "3\rabc\r\n0\r\n\r\n"),
                refusedChunk(
                        "a bare CR in a chunk extension is refused", "RFC 9112, 7.1.1", "3;a\rb\r\nabc\r\n0\r\n\r\n"),
                refusedChunk(
                        "a bare LF in a chunk extension is refused", "RFC 9112, 7.1.1", "3;a\nb\r\nabc\r\n0\r\n\r\n"),
                refusedChunk("a NUL in a chunk extension is refused", "RFC 9112, 7.1.1", "3;a\0\r\nabc\r\n0\r\n\r\n"),
                refusedChunk(
                        "a blank before the colon of a trailer is refused", "RFC 9112, 5.1", "0\r\nX-Sum : 1\r\n\r\n"),
                refusedChunk("a trailer without a colon is refused", "RFC 9112, 5", "0\r\nX-Sum\r\n\r\n"),
                refusedChunk("a NUL in a trailer is refused", "RFC 9110, 5.5", "0\r\nX-Sum: a\0b\r\n\r\n"),
                refusedChunk(
                        "trailers of 100 KiB are refused",
                        "RFC 9112, 7.1.2",
                        "0\r\n" + ("X-Sum: " + "x".repeat(93) + "\r\n").repeat(1000) + "\r\n"),
                refusedChunk(
                        "a chunk extension of 100 KiB is refused",
                        "RFC 9112, 7.1.1",
                        "3;" + "x".repeat(100 << 10) + "\r\nabc\r\n0\r\n\r\n"),
                wire("a client that ends before the last chunk leaves no whole request", "RFC 9112, 8")
                        .send(chunks("3", "abc"))
                        .headArrives("POST / HTTP/1.1")
                        .originReads("3\r\nabc\r\n")
                        .clientCloses()
                        .originClosed(),
                refusedCoding("a coding that is not known is refused", "Transfer-Encoding: xchunked"),
                refusedCoding("a coding before chunked is refused", "Transfer-Encoding: gzip, chunked"),
                refusedCoding("a coding behind chunked is refused", "Transfer-Encoding: chunked, identity"),
                refusedCoding("the coding identity is refused", "Transfer-Encoding: identity"),
                refusedCoding("chunked twice is refused", "Transfer-Encoding: chunked, chunked"),
                refusedCoding(
                        "two fields of codings are refused",
                        "Transfer-Encoding: chunked",
                        "Transfer-Encoding: identity"),
                refusedCoding("a coding of nothing is refused", "Transfer-Encoding:"),
                refusedCoding("chunked with a parameter is refused", "Transfer-Encoding: chunked;q=1"),
                refusedCoding("chunked in quotes is refused", "Transfer-Encoding: \"chunked\""),
                refusedCoding("a coding on a folded line is refused", "Transfer-Encoding:\r\n chunked"),
                refusedCoding("a vertical tab before chunked is refused", "Transfer-Encoding: \u000bchunked"),
                refusedCoding("a NUL behind chunked is refused", "Transfer-Encoding: chunked\0"),
                refusedCoding("a blank before the colon of a coding is refused", "Transfer-Encoding : chunked"),
                refusedCoding(
                        "an unknown coding beside a length is refused",
                        "Content-Length: 4",
                        "Transfer-Encoding: xchunked"),
                wire("a comma without a coding is refused or ignored, and frames the same", "RFC 9110, 5.6.1")
                        .send(post("/", "Transfer-Encoding: , chunked") + "0\r\n\r\n" + SMUGGLED)
                        .refused(400, 501),
                wire("chunks in HTTP/1.0 are refused", "RFC 9112, 6.1")
                        .send(head("POST / HTTP/1.0", "Host: test", CHUNKED) + "0\r\n\r\n" + SMUGGLED)
                        .refused(400),
                wire("a field whose name only looks like a coding frames nothing", "RFC 9110, 5.1")
                        .send(post("/", "Transfer_Encoding: chunked", "Content-Length: 5") + "0\r\n\r\n")
                        .arrives("POST / HTTP/1.1", body("0\r\n\r\n"))
                        .served()
                        .kept(),
                // ---- responses
                answered("a response in chunks passes", "RFC 9112, 7.1")
                        .answer(answerHead(200, CHUNKED) + "1\r\no\r\n1\r\nk\r\n0\r\n\r\n")
                        .gets(200, body("ok"), lacks("content-length"))
                        .kept(),
                answered("a response of no chunk but the last is empty", "RFC 9112, 7.1")
                        .answer(answerHead(200, CHUNKED) + "0\r\n\r\n")
                        .gets(200, body(""))
                        .kept(),
                answered("a chunk of a response is sent on before the body is whole", "RFC 9112, 7.1")
                        .answer(answerHead(200, CHUNKED) + "3\r\nabc\r\n")
                        .getsHead(200)
                        .clientReads("3\r\nabc\r\n")
                        .answer("0\r\n\r\n")
                        .clientReads("0\r\n\r\n")
                        .kept(),
                answered("trailers of a response arrive", "RFC 9110, 6.5")
                        .answer(answerHead(200, CHUNKED, "Trailer: X-Sum") + "2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n")
                        .gets(200, body("ok"), trailer("x-sum", "1"))
                        .kept(),
                answered("trailers of a response that were not announced arrive", "RFC 9110, 6.6.2")
                        .answer(answerHead(200, CHUNKED) + "2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n")
                        .gets(200, body("ok"), trailer("x-sum", "1"))
                        .kept(),
                answered("a field named Trailers is a field like any other", "RFC 9110, 6.6.2")
                        .answer(answer(200, "ok", "Trailers: no special name"))
                        .gets(200, body("ok"), field("trailers", "no special name"))
                        .kept(),
                answered("a cookie or a length among trailers of a response is removed", "RFC 9110, 6.5.1")
                        .answer(answerHead(200, CHUNKED)
                                + "2\r\nok\r\n0\r\nSet-Cookie: a=b\r\nContent-Length: 9\r\n\r\n")
                        .gets(200, body("ok"), lacksTrailers("set-cookie", "content-length"))
                        .kept(),
                answered("a response whose chunk size is no number is cut", "RFC 9112, 8")
                        .answer(answerHead(200, CHUNKED) + "2\r\nok\r\n")
                        .getsHead(200)
                        .answer("zz\r\nok\r\n0\r\n\r\n")
                        .cut(),
                answered("a response that ends before its last chunk is cut", "RFC 9112, 8")
                        .answer(answerHead(200, CHUNKED) + "2\r\nok\r\n")
                        .getsHead(200)
                        .originCloses()
                        .cut(),
                answered("a response of chunks beside a length is a fault", "RFC 9112, 6.3")
                        .answer(answerHead(200, CHUNKED, "Content-Length: 2") + "2\r\nok\r\n0\r\n\r\n")
                        .gets(502),
                answered("a response with an unknown coding is a fault", "RFC 9112, 6.1")
                        .answer(answerHead(200, "Transfer-Encoding: xchunked") + "2\r\nok\r\n0\r\n\r\n")
                        .gets(502),
                answered("a response with chunked twice is a fault", "RFC 9112, 7.1")
                        .answer(answerHead(200, CHUNKED, CHUNKED) + "2\r\nok\r\n0\r\n\r\n")
                        .gets(502),
                answered("a response with a coding before chunked is a fault", "RFC 9112, 6.1")
                        .answer(answerHead(200, "Transfer-Encoding: gzip, chunked") + "2\r\nok\r\n0\r\n\r\n")
                        .gets(502));
    }
}
