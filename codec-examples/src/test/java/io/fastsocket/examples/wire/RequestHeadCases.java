package io.fastsocket.examples.wire;

import static io.fastsocket.examples.wire.Check.field;
import static io.fastsocket.examples.wire.Text.get;
import static io.fastsocket.examples.wire.Text.head;
import static io.fastsocket.examples.wire.Text.request;
import static io.fastsocket.examples.wire.WireCase.wire;

import java.util.List;

/** Request line, target, host, and the syntax of fields (RFC 9112, 3 and 5). */
final class RequestHeadCases {
    private static final String LINE = "RFC 9112, 3";
    private static final String TARGET = "RFC 9112, 3.2";
    private static final String HOST = "RFC 9110, 7.2";
    private static final String FIELD = "RFC 9112, 5";
    private static final String SMUGGLED = get("/smuggled");

    private RequestHeadCases() {}

    private static WireCase refused(String name, String rule, String head, int... statuses) {
        return wire(name, rule).send(head + SMUGGLED).refused(statuses.length == 0 ? new int[] {400} : statuses);
    }

    private static WireCase targets(String name, String rule, String target, String arrives) {
        return wire(name, rule)
                .send(get(target))
                .arrives("GET " + arrives + " HTTP/1.1")
                .served()
                .kept();
    }

    private static WireCase passes(String name, String rule, String head, String startLine) {
        return wire(name, rule).send(head).arrives(startLine).served().kept();
    }

    static List<WireCase> cases() {
        return List.of(
                // ---- methods
                passes(
                        "a method that nobody knows passes",
                        "RFC 9110, 9.1",
                        request("BREW", "/pot"),
                        "BREW /pot HTTP/1.1"),
                passes(
                        "a method in lower case is another method",
                        "RFC 9110, 9.1",
                        request("get", "/"),
                        "get / HTTP/1.1"),
                passes(
                        "a method may have marks in it",
                        "RFC 9110, 5.6.2",
                        request("M-SEARCH", "/"),
                        "M-SEARCH / HTTP/1.1"),
                passes("PATCH passes", "RFC 5789", request("PATCH", "/", "Content-Length: 0"), "PATCH / HTTP/1.1"),
                refused(
                        "CONNECT is refused",
                        "RFC 9110, 9.3.6",
                        head("CONNECT other:443 HTTP/1.1", "Host: other:443"),
                        405,
                        400,
                        501),
                refused("TRACE is refused", "RFC 9110, 9.3.8", request("TRACE", "/"), 405, 501),
                refused(
                        "TRACE with a body is refused",
                        "RFC 9110, 9.3.8",
                        request("TRACE", "/", "Content-Length: 4") + "body",
                        405,
                        501,
                        400),
                refused("a method with a bracket is refused", "RFC 9110, 5.6.2", request("G(T", "/")),
                refused(
                        "a method of 100 KiB is refused",
                        LINE,
                        "x".repeat(100 << 10) + " / HTTP/1.1\r\nHost: test\r\n\r\n",
                        400,
                        414,
                        501,
                        431),
                // ---- targets
                targets("a query passes as it is", TARGET, "/a?b=c&d=%20&&;e?f/g", "/a?b=c&d=%20&&;e?f/g"),
                targets("a query that is empty is still there", "RFC 3986, 3.4", "/a?", "/a?"),
                targets("what is percent-encoded stays so", "RFC 3986, 2.4", "/a%2Fb%2fc%41", "/a%2Fb%2fc%41"),
                targets("two slashes stay two", "RFC 3986, 3.3", "//a//b", "//a//b"),
                targets("dots in a path stay", "RFC 9110, 7.7", "/a/./b/../c", "/a/./b/../c"),
                targets(
                        "dots that lead above the root stay for the origin to judge",
                        "RFC 9110, 7.7",
                        "/../a",
                        "/../a"),
                targets(
                        "a line end that is percent-encoded stays so",
                        "RFC 3986, 2.1",
                        "/a%0d%0aX:%20y",
                        "/a%0d%0aX:%20y"),
                targets("a NUL that is percent-encoded stays so", "RFC 3986, 2.1", "/a%00b", "/a%00b"),
                targets("a percent sign without digits stays as it is", "RFC 9112, 3.2", "/a%zz", "/a%zz"),
                targets("a target of 7 KiB passes", LINE, "/" + "x".repeat(7 << 10), "/" + "x".repeat(7 << 10)),
                targets("a backslash stays a backslash", "RFC 3986, 2", "/a\\b", "/a\\b"),
                targets("a target in absolute form becomes a path", "RFC 9112, 3.2.2", "http://test/a?b", "/a?b"),
                targets("a target in absolute form without a path is the root", "RFC 9112, 3.2.1", "http://test", "/"),
                targets(
                        "a target in absolute form with a query alone is the root with it",
                        "RFC 9112, 3.2.1",
                        "http://test?b",
                        "/?b"),
                wire("the host of a target in absolute form counts, not the field", "RFC 9112, 3.2.2")
                        .send(head("GET http://other:8080/ HTTP/1.1", "Host: test"))
                        .arrives("GET / HTTP/1.1", field("host", "other:8080"))
                        .served()
                        .kept(),
                passes(
                        "OPTIONS of everything passes",
                        "RFC 9112, 3.2.4",
                        request("OPTIONS", "*"),
                        "OPTIONS * HTTP/1.1"),
                passes(
                        "OPTIONS of an absolute target without a path is of everything",
                        "RFC 9112, 3.2.4",
                        request("OPTIONS", "http://test"),
                        "OPTIONS * HTTP/1.1"),
                refused("the asterisk with another method than OPTIONS is refused", "RFC 9112, 3.2.4", get("*")),
                refused("a fragment in a target is refused", TARGET, get("/a#b")),
                refused("a target that is neither path nor URI is refused", TARGET, get("a/b")),
                refused("a target of another scheme is refused", TARGET, get("ftp://test/")),
                refused("a target with a user is refused", "RFC 9110, 4.2.4", get("http://user@test/")),
                refused("a target in absolute form without a host is refused", "RFC 9110, 4.2.1", get("http:///a")),
                refused("a blank in a target is refused", LINE, get("/a b")),
                refused("a NUL in a target is refused", TARGET, get("/a\0b")),
                refused("a byte above 127 in a target is refused", TARGET, get("/\u00c3\u00a9")),
                refused("a target of 100 KiB is refused", LINE, get("/" + "x".repeat(100 << 10)), 414, 400, 431),
                refused("no target is refused", LINE, head("GET HTTP/1.1", "Host: test")),
                refused("an empty target is refused", LINE, head("GET  HTTP/1.1", "Host: test")),
                // ---- the line
                passes(
                        "empty lines before a request are passed over",
                        "RFC 9112, 2.2",
                        "\r\n\r\n" + get("/"),
                        "GET / HTTP/1.1"),
                refused("two blanks behind the method are refused", LINE, head("GET  / HTTP/1.1", "Host: test")),
                refused("two blanks before the version are refused", LINE, head("GET /  HTTP/1.1", "Host: test")),
                refused("a blank behind the version is refused", LINE, head("GET / HTTP/1.1 ", "Host: test")),
                refused("a blank before the method is refused", LINE, head(" GET / HTTP/1.1", "Host: test")),
                refused("tabs in a request line are refused", LINE, head("GET\t/\tHTTP/1.1", "Host: test")),
                refused("a line of blanks before a request is refused", "RFC 9112, 2.2", "  \r\n" + get("/")),
                refused(
                        "a request line that ends with LF alone is refused",
                        "RFC 9112, 2.2",
                        "GET / HTTP/1.1\nHost: test\r\n\r\n"),
                refused("lines that end with CR alone are refused", "RFC 9112, 2.2", "GET / HTTP/1.1\rHost: test\r\r"),
                refused(
                        "a request line that ends with CR CR LF is refused",
                        "RFC 9112, 2.2",
                        "GET / HTTP/1.1\r\r\nHost: test\r\n\r\n"),
                refused("random bytes are refused", LINE, "\u0016\u0003\u0001\u0002\0\u0001\u00fc\u0003\u0003\r\n\r\n"),
                // ---- versions
                refused("a request without a version is refused", "RFC 9112, 2.3", "GET /\r\n\r\n"),
                refused("a version in lower case is refused", "RFC 9112, 2.3", head("GET / http/1.1", "Host: test")),
                refused(
                        "a version without a minor number is refused",
                        "RFC 9112, 2.3",
                        head("GET / HTTP/1", "Host: test"),
                        400,
                        505),
                refused(
                        "a version of two digits is refused",
                        "RFC 9112, 2.3",
                        head("GET / HTTP/1.10", "Host: test"),
                        400,
                        505),
                refused(
                        "a version with zeros before it is refused",
                        "RFC 9112, 2.3",
                        head("GET / HTTP/01.1", "Host: test"),
                        400,
                        505),
                refused(
                        "a blank within the version is refused",
                        "RFC 9112, 2.3",
                        head("GET / HTTP/ 1.1", "Host: test"),
                        400,
                        505),
                refused(
                        "another protocol's name is refused",
                        "RFC 9112, 2.3",
                        head("GET / ICAP/1.1", "Host: test"),
                        400,
                        505),
                refused(
                        "HTTP/2 as a version is refused",
                        "RFC 9110, 15.6.6",
                        head("GET / HTTP/2.0", "Host: test"),
                        505,
                        400),
                refused(
                        "the preface of HTTP/2 is refused",
                        "RFC 9113, 3.4",
                        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                        505,
                        400),
                refused(
                        "a higher minor version is refused, or taken for HTTP/1.1",
                        "RFC 9110, 2.5",
                        head("GET / HTTP/1.2", "Host: test"),
                        505),
                // ---- hosts
                passes("a host with a port passes", HOST, head("GET / HTTP/1.1", "Host: test:8080"), "GET / HTTP/1.1"),
                passes(
                        "a host that is an address of IPv6 passes",
                        HOST,
                        head("GET / HTTP/1.1", "Host: [::1]:80"),
                        "GET / HTTP/1.1"),
                wire("a host passes as it was written", HOST)
                        .send(head("GET / HTTP/1.1", "Host: TeSt.Example:080"))
                        .arrives("GET / HTTP/1.1", field("host", "TeSt.Example:080"))
                        .served()
                        .kept(),
                refused("no host is refused", TARGET, head("GET / HTTP/1.1", "X-A: b")),
                refused("two hosts are refused", TARGET, head("GET / HTTP/1.1", "Host: test", "Host: other")),
                refused(
                        "two hosts that are the same are refused",
                        TARGET,
                        head("GET / HTTP/1.1", "Host: test", "Host: test")),
                refused("an empty host is refused", HOST, head("GET / HTTP/1.1", "Host:")),
                refused("a host with a path is refused", HOST, head("GET / HTTP/1.1", "Host: test/x")),
                refused("a host with a user is refused", HOST, head("GET / HTTP/1.1", "Host: user@test")),
                refused("a host with a blank is refused", HOST, head("GET / HTTP/1.1", "Host: te st")),
                refused("a list of hosts is refused", HOST, head("GET / HTTP/1.1", "Host: test, other")),
                refused(
                        "a host with a port that is no number is refused",
                        HOST,
                        head("GET / HTTP/1.1", "Host: test:http")),
                refused(
                        "a blank before the colon of a host is refused",
                        "RFC 9112, 5.1",
                        head("GET / HTTP/1.1", "Host : test")),
                refused(
                        "a target in absolute form without a host field is refused",
                        TARGET,
                        head("GET http://test/ HTTP/1.1", "X-A: b")),
                // ---- fields
                passes("a value may be empty", FIELD, get("/", "X-A:"), "GET / HTTP/1.1"),
                wire("a colon in a value is of the value", FIELD)
                        .send(get("/", "X-A:b:c"))
                        .arrives("GET / HTTP/1.1", field("x-a", "b:c"))
                        .served()
                        .kept(),
                wire("bytes above 127 in a value pass as they are", "RFC 9110, 5.5")
                        .send(get("/", "X-A: \u00c3\u00a9\u00ff"))
                        .arrives("GET / HTTP/1.1", field("x-a", "\u00c3\u00a9\u00ff"))
                        .served()
                        .kept(),
                wire("a tab in a value is of the value", "RFC 9110, 5.5")
                        .send(get("/", "X-A: b\tc"))
                        .arrives("GET / HTTP/1.1", field("x-a", "b\tc"))
                        .served()
                        .kept(),
                wire("marks that a token has are of the name", "RFC 9110, 5.6.2")
                        .send(get("/", "X!#$%&'+.^~: b"))
                        .arrives("GET / HTTP/1.1", field("x!#$%&'+.^~", "b"))
                        .served()
                        .kept(),
                wire("an underscore in a name is of the name", "RFC 9110, 5.6.2")
                        .send(get("/", "X_A: b"))
                        .arrives("GET / HTTP/1.1", field("x_a", "b"))
                        .served()
                        .kept(),
                passes(
                        "fields of 7 KiB in one pass",
                        "RFC 9110, 5.4",
                        get("/", "X-A: " + "x".repeat(7 << 10)),
                        "GET / HTTP/1.1"),
                passes(
                        "ninety fields pass",
                        "RFC 9110, 5.4",
                        get("/", "X-A: b\r\n".repeat(89) + "X-B: c"),
                        "GET / HTTP/1.1"),
                wire("a head that comes byte by byte is read", LINE)
                        .sendSlowly(get("/", "X-A: b"))
                        .arrives("GET / HTTP/1.1", field("x-a", "b"))
                        .served()
                        .kept(),
                refused("a blank before the colon of a field is refused", "RFC 9112, 5.1", get("/", "X-A : b")),
                refused("a tab before the colon of a field is refused", "RFC 9112, 5.1", get("/", "X-A\t: b")),
                refused(
                        "a blank before the first field is refused",
                        "RFC 9112, 2.2",
                        head("GET / HTTP/1.1", " X-A: b", "Host: test")),
                wire("a folded field is one line or refused", "RFC 9112, 5.2")
                        .send(get("/", "X-A: b", " c"))
                        .arrives("GET / HTTP/1.1", field("x-a", "b c"))
                        .served()
                        .kept(),
                refused("a name that is empty is refused", FIELD, get("/", ": b")),
                refused("a name with a bracket is refused", "RFC 9110, 5.6.2", get("/", "X[A]: b")),
                refused("a name with a blank in it is refused", "RFC 9110, 5.6.2", get("/", "X A: b")),
                refused("a name with a byte above 127 is refused", "RFC 9110, 5.6.2", get("/", "X-\u00c3\u00ab: b")),
                refused("a name with a NUL is refused", "RFC 9110, 5.6.2", get("/", "X\0A: b")),
                refused("a line without a colon is refused", FIELD, get("/", "X-A")),
                refused("a NUL in a value is refused", "RFC 9110, 5.5", get("/", "X-A: b\0c")),
                refused("a control character in a value is refused", "RFC 9110, 5.5", get("/", "X-A: b\u0001c")),
                refused("a DEL in a value is refused", "RFC 9110, 5.5", get("/", "X-A: b\u007fc")),
                refused("a bare CR in a value is refused", "RFC 9112, 2.2", get("/", "X-A: b\rX-B: c")),
                refused(
                        "a bare LF behind a value is refused",
                        "RFC 9112, 2.2",
                        "GET / HTTP/1.1\r\nHost: test\r\nX-A: b\nX-B: c\r\n\r\n"),
                refused(
                        "a head that ends with LF alone is refused",
                        "RFC 9112, 2.2",
                        "GET / HTTP/1.1\r\nHost: test\r\n\n"),
                refused(
                        "a field of 100 KiB is refused",
                        "RFC 9110, 5.4",
                        get("/", "X-A: " + "x".repeat(100 << 10)),
                        431,
                        400),
                refused(
                        "a name of 100 KiB is refused",
                        "RFC 9110, 5.4",
                        get("/", "x".repeat(100 << 10) + ": b"),
                        431,
                        400),
                refused(
                        "ten thousand fields are refused",
                        "RFC 9110, 5.4",
                        get("/", "X-A: b\r\n".repeat(10_000) + "X-B: c"),
                        431,
                        400),
                refused(
                        "the websocket draft with eight bytes behind its head is refused",
                        "RFC 6455, 4.1",
                        get(
                                        "/",
                                        "Connection: Upgrade",
                                        "Upgrade: WebSocket",
                                        "Sec-WebSocket-Key1: 1",
                                        "Sec-WebSocket-Key2: 2")
                                + "12345678"));
    }
}
