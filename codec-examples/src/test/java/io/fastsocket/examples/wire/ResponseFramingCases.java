package io.fastsocket.examples.wire;

import static io.fastsocket.examples.wire.Check.body;
import static io.fastsocket.examples.wire.Check.doesNotSayClose;
import static io.fastsocket.examples.wire.Check.field;
import static io.fastsocket.examples.wire.Check.fields;
import static io.fastsocket.examples.wire.Check.lacks;
import static io.fastsocket.examples.wire.Text.OK;
import static io.fastsocket.examples.wire.Text.answer;
import static io.fastsocket.examples.wire.Text.answerHead;
import static io.fastsocket.examples.wire.Text.get;
import static io.fastsocket.examples.wire.Text.request;
import static io.fastsocket.examples.wire.WireCase.wire;

import java.util.List;

/** Where a response ends, and what an origin says behind that end (RFC 9112, 6.3). */
final class ResponseFramingCases {
    private static final String END = "RFC 9112, 6.3";
    private static final String FOREIGN =
            "HTTP/1.1 403 Forbidden\r\nSet-Cookie: who=first\r\nContent-Length: 0\r\n\r\n";
    private static final String BIG = "0123456789abcdef".repeat(64 << 10);

    private ResponseFramingCases() {}

    private static WireCase answered(String name, String rule) {
        return wire(name, rule).send(get("/")).arrives("GET / HTTP/1.1");
    }

    private static WireCase headed(String name, String rule) {
        return wire(name, rule).send(request("HEAD", "/")).arrives("HEAD / HTTP/1.1");
    }

    static List<WireCase> cases() {
        return List.of(
                answered("a response with a length passes", END)
                        .answer(answer(200, "h\r\n\0o"))
                        .gets(200, body("h\r\n\0o"), field("content-length", "5"))
                        .kept(),
                answered("a response of a mebibyte passes", END)
                        .answer(answer(200, BIG))
                        .gets(200, body(BIG))
                        .kept(),
                answered("a response with a length of zero is empty", END)
                        .answer(answer(200, ""))
                        .gets(200, body(""), field("content-length", "0"))
                        .kept(),
                answered("a response is sent on before it is whole", "RFC 9110, 7.6")
                        .answer(answerHead(200, "Content-Length: 8") + "half")
                        .getsHead(200)
                        .clientReads("half")
                        .answer("rest")
                        .clientReads("rest")
                        .kept(),
                answered("a response that comes byte by byte passes", END)
                        .answerSlowly(OK)
                        .gets(200, body("ok"))
                        .kept(),
                answered("a response that ends with its connection passes as a whole", END)
                        .answer(answerHead(200) + "until the end")
                        .originEndsItsSide()
                        .gets(200, body("until the end")),
                answered("an empty response that ends with its connection passes", END)
                        .answer(answerHead(200))
                        .originEndsItsSide()
                        .gets(200, body("")),
                answered("a client of a response that ends with its connection is kept", "RFC 9112, 9.3")
                        .answer(answerHead(200) + "until the end")
                        .originEndsItsSide()
                        .gets(200, body("until the end"))
                        .kept(),
                answered("a response of HTTP/1.0 that ends with its connection passes", END)
                        .answer("HTTP/1.0 200 OK\r\n\r\nuntil the end")
                        .originEndsItsSide()
                        .gets(200, body("until the end")),
                answered("a response that ends with its connection is cut when that is reset", "RFC 9112, 8")
                        .answer(answerHead(200) + "half")
                        .getsHead(200)
                        .originResets()
                        .cut(),
                answered("a response shorter than its length is cut", "RFC 9112, 8")
                        .answer(answerHead(200, "Content-Length: 10") + "half.")
                        .getsHead(200)
                        .originCloses()
                        .cut(),
                answered("a response with nothing of its length is cut or a fault", "RFC 9112, 8")
                        .answer(answerHead(200, "Content-Length: 10"))
                        .getsHead(200)
                        .originCloses()
                        .cut(),
                answered("what is behind a length is not of the response", END)
                        .answer(answer(200, "ok") + "MORE")
                        .gets(200, body("ok")),
                answered("a response behind a response reaches nobody", END)
                        .answer(answer(200, "ok") + FOREIGN)
                        .gets(200, body("ok")),
                answered("a part of a response behind a response reaches nobody", END)
                        .answer(answer(200, "ok") + FOREIGN.substring(0, 50))
                        .gets(200, body("ok")),
                answered("a line end behind a response reaches nobody", END)
                        .answer(answer(200, "ok") + "\r\n")
                        .gets(200, body("ok")),
                answered("a response unasked, after the one asked for, reaches nobody", "RFC 9112, 9.2")
                        .answer(answer(200, "ok"))
                        .gets(200, body("ok"))
                        .answer(FOREIGN)
                        .originClosed(),
                answered("what is behind the last chunk reaches nobody", "RFC 9112, 7.1")
                        .answer(answerHead(200, "Transfer-Encoding: chunked") + "2\r\nok\r\n0\r\n\r\n" + FOREIGN)
                        .gets(200, body("ok")),
                // ---- no body
                headed("a response to HEAD says a length and has no body", "RFC 9110, 9.3.2")
                        .answer(answerHead(200, "Content-Length: 1000"))
                        .getsBodyless(200, field("content-length", "1000"))
                        .kept(),
                headed("a response to HEAD says chunked and has no body", "RFC 9112, 6.1")
                        .answer(answerHead(200, "Transfer-Encoding: chunked"))
                        .getsBodyless(200)
                        .kept(),
                headed("a response to HEAD without a length ends at its head", "RFC 9110, 9.3.2")
                        .answer(answerHead(200))
                        .getsBodyless(200)
                        .kept(),
                headed("a body behind a response to HEAD reaches nobody", "RFC 9110, 9.3.2")
                        .answer(OK)
                        .getsBodyless(200),
                headed("a whole response as the body of a response to HEAD reaches nobody", "RFC 9110, 9.3.2")
                        .answer(answerHead(200, "Content-Length: " + FOREIGN.length()) + FOREIGN)
                        .getsBodyless(200),
                answered("a response 204 ends at its head", "RFC 9110, 15.3.5")
                        .answer(answerHead(204))
                        .gets(204)
                        .kept(),
                answered("a response 204 says no length and no coding", "RFC 9110, 8.6")
                        .answer(answerHead(204, "Content-Length: 0"))
                        .gets(204, lacks("content-length", "transfer-encoding")),
                answered("a body behind a response 204 reaches nobody", "RFC 9112, 6.3")
                        .answer(answer(204, "BODY"))
                        .gets(204),
                answered("chunks behind a response 204 reach nobody", "RFC 9112, 6.1")
                        .answer(answerHead(204, "Transfer-Encoding: chunked") + "4\r\nBODY\r\n0\r\n\r\n")
                        .gets(204, lacks("transfer-encoding")),
                answered("a response 304 keeps the length of what it speaks of", "RFC 9110, 15.4.5")
                        .answer(answerHead(304, "ETag: \"x\"", "Content-Length: 77"))
                        .gets(304, field("etag", "\"x\""), field("content-length", "77"))
                        .kept(),
                answered("a response 304 without a length ends at its head", "RFC 9110, 15.4.5")
                        .answer(answerHead(304, "ETag: \"x\""))
                        .gets(304, lacks("transfer-encoding"))
                        .kept(),
                answered("a body behind a response 304 reaches nobody", "RFC 9112, 6.3")
                        .answer(answer(304, "BODY"))
                        .gets(304),
                answered("a response 205 has no content", "RFC 9110, 15.3.6")
                        .answer(answer(205, ""))
                        .gets(205, body(""))
                        .kept(),
                // ---- faults
                answered("a response with two lengths that differ is a fault", END)
                        .answer(answerHead(200, "Content-Length: 2", "Content-Length: 4") + "ok")
                        .gets(502),
                answered("a response with a length that is no number is a fault", END)
                        .answer(answerHead(200, "Content-Length: x") + "ok")
                        .gets(502),
                answered("a response with a length below zero is a fault", END)
                        .answer(answerHead(200, "Content-Length: -2") + "ok")
                        .gets(502),
                answered("a response with a list of lengths that differ is a fault", END)
                        .answer(answerHead(200, "Content-Length: 2, 4") + "ok")
                        .gets(502),
                answered("a response that is no HTTP is a fault", "RFC 9112, 4")
                        .answer("hello\r\n\r\n")
                        .gets(502),
                answered("a response with a status that is no number is a fault", "RFC 9112, 4")
                        .answer("HTTP/1.1 2x0 OK\r\nContent-Length: 2\r\n\r\nok")
                        .gets(502),
                answered("a response with a status of four digits is a fault", "RFC 9112, 4")
                        .answer("HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nok")
                        .gets(502),
                answered("a response of HTTP/2 is a fault", "RFC 9112, 2.3")
                        .answer("HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok")
                        .gets(502),
                answered("a blank before the colon in a response is removed", "RFC 9112, 5.1")
                        .answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A : b\r\n\r\nok")
                        .gets(200, field("x-a", "b"), body("ok"))
                        .kept(),
                answered("a NUL in a field of a response is a fault", "RFC 9110, 5.5")
                        .answer(answerHead(200, "Content-Length: 2", "X-A: a\0b") + "ok")
                        .gets(502),
                answered("a bare CR in a field of a response is a fault", "RFC 9112, 2.2")
                        .answer(answerHead(200, "Content-Length: 2", "X-A: a\rb") + "ok")
                        .gets(502),
                answered("a folded field of a response is one line or a fault", "RFC 9112, 5.2")
                        .answer(answerHead(200, "Content-Length: 2", "X-A: a\r\n b") + "ok")
                        .gets(200, field("x-a", "a b"), body("ok"))
                        .kept(),
                answered("a head of a response of 100 KiB is a fault", "RFC 9110, 5.4")
                        .answer(answerHead(200, "Content-Length: 2", "X-A: " + "x".repeat(100 << 10)) + "ok")
                        .gets(502),
                answered("a response that ends within its head is a fault", "RFC 9112, 8")
                        .answer("HTTP/1.1 200 OK\r\nContent-Le")
                        .originCloses()
                        .gets(502)
                        .kept(),
                // ---- what passes
                answered("a status that nobody knows passes", "RFC 9110, 15")
                        .answer("HTTP/1.1 599 Of\tits own\r\nContent-Length: 2\r\n\r\nok")
                        .gets(599, body("ok"))
                        .kept(),
                answered("a reason may be empty", "RFC 9112, 4")
                        .answer("HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok")
                        .gets(200, body("ok"))
                        .kept(),
                answered("fields with the same name pass in their order", "RFC 9110, 5.3")
                        .answer(answer(200, "ok", "Set-Cookie: a=1", "X-A: 1", "Set-Cookie: b=2"))
                        .gets(200, fields("set-cookie", "a=1", "b=2"), field("x-a", "1"))
                        .kept(),
                answered("a date of the origin passes", "RFC 9110, 6.6.1")
                        .answer(answer(200, "ok", "Date: Tue, 15 Nov 1994 08:12:31 GMT", "Server: theirs"))
                        .gets(200, field("date", "Tue, 15 Nov 1994 08:12:31 GMT"))
                        .kept(),
                answered("a length of a response on which it closes is still its end", END)
                        .answer(answerHead(200, "Content-Length: 2", "Connection: close") + "ok")
                        .gets(200, body("ok"), doesNotSayClose())
                        .kept());
    }
}
