package io.fastsocket.examples.wire;

import static io.fastsocket.examples.wire.Check.body;
import static io.fastsocket.examples.wire.Check.field;
import static io.fastsocket.examples.wire.Check.lacks;
import static io.fastsocket.examples.wire.Text.OK;
import static io.fastsocket.examples.wire.Text.get;
import static io.fastsocket.examples.wire.Text.post;
import static io.fastsocket.examples.wire.Text.request;
import static io.fastsocket.examples.wire.WireCase.wire;

import java.util.List;

/** Where a request ends: its length (RFC 9112, 6.2 and 6.3), and what hides another request behind it. */
final class RequestFramingCases {
    private static final String LENGTH = "RFC 9112, 6.3";
    private static final String SMUGGLED = get("/smuggled");
    private static final String BIG = "0123456789abcdef".repeat(64 << 10);

    private RequestFramingCases() {}

    static List<WireCase> cases() {
        return List.of(
                wire("a body with a length arrives byte for byte", LENGTH)
                        .send(post("/", "Content-Length: 5") + "h\r\n\0o")
                        .arrives("POST / HTTP/1.1", field("content-length", "5"), body("h\r\n\0o"))
                        .served()
                        .kept(),
                wire("a body that comes after its head arrives", LENGTH)
                        .send(post("/", "Content-Length: 5"))
                        .headArrives("POST / HTTP/1.1")
                        .send("he")
                        .send("llo")
                        .restArrives(body("hello"))
                        .served()
                        .kept(),
                wire("a body of a mebibyte arrives whole", LENGTH)
                        .send(post("/", "Content-Length: " + BIG.length()) + BIG)
                        .arrives("POST / HTTP/1.1", body(BIG))
                        .served()
                        .kept(),
                wire("a body is sent on before it is whole", "RFC 9110, 7.6")
                        .send(post("/", "Content-Length: 8") + "half")
                        .headArrives("POST / HTTP/1.1")
                        .partArrives("half")
                        .send("rest")
                        .restArrives(body("halfrest"))
                        .served()
                        .kept(),
                wire("a length of zero is a request without a body", LENGTH)
                        .send(post("/", "Content-Length: 0") + get("/2"))
                        .arrives("POST / HTTP/1.1", body(""))
                        .served()
                        .arrives("GET /2 HTTP/1.1")
                        .served(),
                wire("a POST without a length and chunks has no body", LENGTH)
                        .send(post("/") + get("/2"))
                        .arrives("POST / HTTP/1.1", body(""))
                        .served()
                        .arrives("GET /2 HTTP/1.1")
                        .served(),
                wire("a GET may have a body", "RFC 9110, 9.3.1")
                        .send(get("/", "Content-Length: 4") + "body" + get("/2"))
                        .arrives("GET / HTTP/1.1", body("body"))
                        .served()
                        .arrives("GET /2 HTTP/1.1")
                        .served(),
                wire("the body of a HEAD is not the next request", "RFC 9110, 9.3.2")
                        .send(request("HEAD", "/", "Content-Length: " + SMUGGLED.length()) + SMUGGLED)
                        .arrives("HEAD / HTTP/1.1", body(SMUGGLED))
                        .answer(OK.substring(0, OK.length() - 2))
                        .getsBodyless(200)
                        .kept(),
                wire("the body of an OPTIONS is not the next request", "RFC 9110, 9.3.7")
                        .send(request("OPTIONS", "/", "Content-Length: " + SMUGGLED.length()) + SMUGGLED)
                        .arrives("OPTIONS / HTTP/1.1", body(SMUGGLED))
                        .served()
                        .kept(),
                wire("a DELETE with chunks passes", "RFC 9110, 9.3.5")
                        .send(request("DELETE", "/x", "Transfer-Encoding: chunked") + "3\r\nabc\r\n0\r\n\r\n")
                        .arrives("DELETE /x HTTP/1.1", body("abc"))
                        .served()
                        .kept(),
                wire("blanks around a length are not of it", "RFC 9110, 5.5")
                        .send(post("/", "Content-Length: \t 4 \t") + "body")
                        .arrives("POST / HTTP/1.1", field("content-length", "4"), body("body"))
                        .served()
                        .kept(),
                wire("leading zeros of a length are digits, in base ten", "RFC 9110, 8.6")
                        .send(post("/", "Content-Length: 010") + "0123456789")
                        .arrives("POST / HTTP/1.1", body("0123456789"))
                        .served()
                        .kept(),
                wire("a field whose name only looks like a length frames nothing", "RFC 9110, 5.1")
                        .send(get("/", "Content_Length: " + SMUGGLED.length()) + get("/2"))
                        .arrives("GET / HTTP/1.1", lacks("content-length"))
                        .served()
                        .arrives("GET /2 HTTP/1.1")
                        .served(),
                wire("a length beside chunks is refused", LENGTH)
                        .send(post("/", "Content-Length: 4", "Transfer-Encoding: chunked") + "0\r\n\r\n" + SMUGGLED)
                        .refused(400),
                wire("chunks before a length are refused", LENGTH)
                        .send(post("/", "Transfer-Encoding: chunked", "Content-Length: 4") + "5c\r\n" + SMUGGLED)
                        .refused(400),
                wire("a length of zero beside chunks is refused", LENGTH)
                        .send(post("/", "Content-Length: 0", "Transfer-Encoding: chunked") + "0\r\n\r\n" + SMUGGLED)
                        .refused(400),
                wire("two lengths that differ are refused", LENGTH)
                        .send(post("/", "Content-Length: 0", "Content-Length: 4") + SMUGGLED)
                        .refused(400),
                wire("two lengths that are the same are refused", LENGTH)
                        .send(post("/", "Content-Length: 4", "Content-Length: 4") + "body" + SMUGGLED)
                        .refused(400),
                wire("a list of lengths that differ is refused", LENGTH)
                        .send(post("/", "Content-Length: 4, 0") + "body" + SMUGGLED)
                        .refused(400),
                wire("a list of lengths that are the same is refused", LENGTH)
                        .send(post("/", "Content-Length: 4, 4") + "body" + SMUGGLED)
                        .refused(400),
                wire("a length with a sign is refused", "RFC 9110, 8.6")
                        .send(post("/", "Content-Length: +4") + "body" + SMUGGLED)
                        .refused(400),
                wire("a length below zero is refused", "RFC 9110, 8.6")
                        .send(post("/", "Content-Length: -1") + SMUGGLED)
                        .refused(400),
                wire("a length in base sixteen is refused", "RFC 9110, 8.6")
                        .send(post("/", "Content-Length: 0x4") + "body" + SMUGGLED)
                        .refused(400),
                wire("a length without a digit is refused", "RFC 9110, 8.6")
                        .send(post("/", "Content-Length:") + SMUGGLED)
                        .refused(400),
                wire("a length of two numbers is refused", "RFC 9110, 8.6")
                        .send(post("/", "Content-Length: 4 0") + "body" + SMUGGLED)
                        .refused(400),
                wire("a length above 64 bits is refused", "RFC 9110, 8.6")
                        .send(post("/", "Content-Length: 18446744073709551620") + "body" + SMUGGLED)
                        .refused(400, 413),
                wire("a length that is folded is refused", "RFC 9112, 5.2")
                        .send(post("/", "Content-Length: 1\r\n 0") + "x" + SMUGGLED)
                        .refused(400),
                wire("a blank before the colon of a length is refused", "RFC 9112, 5.1")
                        .send(post("/", "Content-Length : " + SMUGGLED.length()) + SMUGGLED)
                        .refused(400),
                wire("a length in HTTP/1.0 ends a body", LENGTH)
                        .send("POST / HTTP/1.0\r\nHost: test\r\nContent-Length: 4\r\n\r\nbody")
                        .arrives("POST / HTTP/1.*", body("body"))
                        .served()
                        .closed(),
                wire("two lengths in HTTP/1.0 are refused", LENGTH)
                        .send("POST / HTTP/1.0\r\nHost: test\r\nContent-Length: 4\r\nContent-Length: 0\r\n\r\nbody")
                        .refused(400),
                wire("a client that ends within its body leaves no whole request", "RFC 9112, 8")
                        .send(post("/", "Content-Length: 10") + "half.")
                        .headArrives("POST / HTTP/1.1")
                        .originReads("half.")
                        .clientCloses()
                        .originClosed(),
                wire("a client that resets within its body leaves no whole request", "RFC 9112, 8")
                        .send(post("/", "Content-Length: 10") + "half.")
                        .headArrives("POST / HTTP/1.1")
                        .originReads("half.")
                        .clientResets()
                        .originClosed(),
                wire("a client that ends its side within its body leaves no whole request", "RFC 9112, 8")
                        .send(post("/", "Content-Length: 10") + "half.")
                        .headArrives("POST / HTTP/1.1")
                        .originReads("half.")
                        .clientEndsItsSide()
                        .originClosed(),
                wire("a client that ends within its head leaves nothing", "RFC 9112, 8")
                        .send("GET / HTTP/1.1\r\nHost: te")
                        .clientEndsItsSide()
                        .leavesNothing());
    }
}
