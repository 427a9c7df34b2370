package io.fastsocket.examples.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastsocket.examples.proxy.ProxySettings.Timeouts;
import io.fastsocket.examples.proxy.Wire.Head;
import io.fastsocket.examples.upstream.PoolSettings;
import io.fastsocket.examples.upstream.Upstream;
import io.fastsocket.transport.engine.Engine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What clients and upstreams of the proxy see, over real sockets, on every engine. */
@ParameterizedClass
@EnumSource(value = Engine.class, mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
@Timeout(60)
@SuppressWarnings("StringConcatToTextBlock") // text blocks end lines with LF alone, HTTP does not
final class HttpProxyTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: test\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /** Long enough that nothing comes by accident, short enough to wait for. */
    private static final int MOMENT_MILLIS = 150;

    private final Engine engine;
    private ScriptedUpstream upstream;
    private RunningProxy running;

    HttpProxyTest(Engine engine) {
        this.engine = engine;
    }

    @BeforeEach
    void start() throws Exception {
        upstream = new ScriptedUpstream();
        running = RunningProxy.start(engine, ProxySettings.to(List.of(upstream.upstream())));
    }

    @AfterEach
    void stop() throws Exception {
        upstream.close();
        if (running != null) {
            running.close();
        }
    }

    private void restart(ProxySettings settings) throws Exception {
        running.close();
        running = RunningProxy.start(engine, settings);
    }

    private ProxySettings settings() {
        return ProxySettings.to(List.of(upstream.upstream()));
    }

    private static Timeouts timeouts(long responseMillis, long idleMillis) {
        return new Timeouts(Duration.ofMillis(responseMillis), Duration.ofMillis(idleMillis), Duration.ofSeconds(30));
    }

    // ---- the plain way

    @Test
    void keepsBothConnectionsForTheNextRequest() throws Exception {
        try (Wire client = running.client()) {
            client.send(GET);
            Wire server = upstream.accept();
            for (int i = 0; i < 50; i++) {
                assertThat(server.head().startLine()).isEqualTo("GET / HTTP/1.1");
                server.send(OK);
                Head head = client.head();
                assertThat(head.status()).isEqualTo(200);
                assertThat(head.has("connection")).isFalse();
                assertThat(client.text(2)).isEqualTo("ok");
                client.send(GET);
            }
        }
    }

    @Test
    void givesAnUpstreamConnectionToTheNextClient() throws Exception {
        Wire server = null;
        for (int i = 0; i < 10; i++) {
            try (Wire client = running.client()) {
                client.send(GET);
                server = server == null ? upstream.accept() : server;
                server.head();
                server.send(OK);
                assertThat(client.response(200)).isEqualTo("ok");
            }
        }
    }

    @Test
    void opensAConnectionForEachRequestWhenNoneIsKept() throws Exception {
        PoolSettings kept = PoolSettings.DEFAULT;
        restart(settings()
                .with(new PoolSettings(
                        kept.connectionsMax(),
                        kept.pendingMax(),
                        kept.acquireTimeout(),
                        kept.connectTimeout(),
                        Duration.ZERO)));
        try (Wire client = running.client()) {
            for (int i = 0; i < 10; i++) {
                client.send(GET);
                try (Wire server = upstream.accept()) {
                    assertThat(server.head().field("connection")).isEqualTo("close");
                    server.send(OK);
                    Head head = client.head();
                    assertThat(head.status()).isEqualTo(200);
                    assertThat(head.has("connection")).isFalse();
                    assertThat(client.text(2)).isEqualTo("ok");
                    assertThat(server.atEnd()).isTrue();
                }
            }
        }
    }

    @Test
    void passesBodiesOfAnySizeUpAndDownByteForByte() throws Exception {
        byte[] body = new byte[16 << 20];
        new Random(7).nextBytes(body);
        try (Wire client = running.client()) {
            client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: " + body.length + "\r\n\r\n");
            CompletableFuture<Void> sent = client.sendAside(body);
            Wire server = upstream.accept();
            assertThat(server.head().field("content-length")).isEqualTo("" + body.length);
            assertThat(server.digest(body.length)).isEqualTo(Wire.digest(body));
            sent.get(10, TimeUnit.SECONDS);
            server.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n");
            CompletableFuture<Void> answered = server.sendAside(body);
            client.head();
            assertThat(client.digest(body.length)).isEqualTo(Wire.digest(body));
            answered.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void passesChunksAndTrailersOn() throws Exception {
        try (Wire client = running.client()) {
            client.send("POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\nTrailer: x-sum\r\n\r\n"
                    + "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Sum: 5\r\nHost: evil\r\n\r\n");
            Wire server = upstream.accept();
            Head head = server.head();
            assertThat(head.field("transfer-encoding")).isEqualTo("chunked");
            assertThat(server.chunked()).asString().isEqualTo("abcde");
            assertThat(server.trailers()).containsExactly("X-Sum: 5");
            server.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "1\r\nf\r\n0\r\nX-Sum: 1\r\nSet-Cookie: a\r\n\r\n");
            assertThat(client.response(200)).isEqualTo("f");
            assertThat(client.trailers()).containsExactly("X-Sum: 1");
        }
    }

    @Test
    void answersPipelinedRequestsInOrderOneAtATime() throws Exception {
        try (Wire client = running.client()) {
            client.send(
                    "GET /1 HTTP/1.1\r\nHost: test\r\n\r\nGET /2 HTTP/1.1\r\nHost: test\r\n\r\n"
                            + "POST /3 HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\nbodyGET /4 HTTP/1.1\r\nHost: t\r\n\r\n");
            Wire server = upstream.accept();
            for (String path : new String[] {"/1", "/2", "/3", "/4"}) {
                assertThat(server.head().startLine()).contains(" " + path + " ");
                if (path.equals("/3")) {
                    assertThat(server.text(4)).isEqualTo("body");
                }
                assertThat(server.isSilentFor(20)).isTrue();
                server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + path);
                assertThat(client.response(200)).isEqualTo(path);
            }
        }
    }

    @Test
    void servesRequestsThatCameBeforeTheClientShutItsSide() throws Exception {
        try (Wire client = running.client()) {
            client.send(GET + GET).endOutput();
            Wire server = upstream.accept();
            for (int i = 0; i < 2; i++) {
                server.head();
                server.send(OK);
                assertThat(client.response(200)).isEqualTo("ok");
            }
            assertThat(client.atEnd()).isTrue();
        }
    }

    // ---- responses without a body, and without a length

    @Test
    void knowsResponsesThatHaveNoBody() throws Exception {
        try (Wire client = running.client()) {
            client.send("HEAD / HTTP/1.1\r\nHost: test\r\n\r\n");
            Wire server = upstream.accept();
            server.head();
            server.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
            assertThat(client.head().field("content-length")).isEqualTo("1000");
            for (String bodyless : new String[] {
                "HTTP/1.1 204 No Content\r\n\r\n",
                "HTTP/1.1 304 Not Modified\r\nContent-Length: 77\r\nETag: \"x\"\r\n\r\n",
                "HTTP/1.1 304 Not Modified\r\n\r\n"
            }) {
                client.send(GET);
                server.head();
                server.send(bodyless);
                Head head = client.head();
                assertThat(head.startLine()).isEqualTo(bodyless.substring(0, bodyless.indexOf('\r')));
                assertThat(head.has("transfer-encoding")).isFalse();
            }
            client.send("HEAD / HTTP/1.1\r\nHost: test\r\n\r\n");
            server.head();
            server.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            client.head();
            client.send(GET);
            server.head();
            server.send(OK);
            assertThat(client.response(200)).isEqualTo("ok");
        }
    }

    @Test
    void passesAResponseOnThatEndsWithItsConnection() throws Exception {
        try (Wire client = running.client()) {
            client.send(GET);
            try (Wire server = upstream.accept()) {
                server.head();
                server.send("HTTP/1.1 200 OK\r\n\r\nall of it");
            }
            assertThat(client.response(200)).isEqualTo("all of it");
            client.send("GET / HTTP/1.0\r\n\r\n");
            try (Wire server = upstream.accept()) {
                server.head();
                server.send("HTTP/1.0 200 OK\r\n\r\nall of it");
            }
            Head head = client.head();
            assertThat(head.field("connection")).isEqualTo("close");
            assertThat(head.has("transfer-encoding")).isFalse();
            assertThat(client.untilEnd()).asString().isEqualTo("all of it");
        }
    }

    @Test
    void cutsTheClientWhenAResponseThatEndsWithItsConnectionIsReset() throws Exception {
        for (String version : new String[] {"1.1", "1.0"}) {
            try (Wire client = running.client()) {
                client.send("GET / HTTP/" + version + "\r\nHost: test\r\n\r\n");
                Wire server = upstream.accept();
                server.head();
                server.send("HTTP/1.1 200 OK\r\n\r\nhalf");
                Head head = client.head();
                if (head.has("transfer-encoding")) {
                    assertThat(client.text(7)).isEqualTo("4\r\nhalf");
                } else {
                    assertThat(client.text(4)).isEqualTo("half");
                }
                server.reset();
                // An end in order would look like a whole response to a client of HTTP/1.0.
                assertThatThrownBy(() -> {
                            String rest = new String(client.untilEnd(), java.nio.charset.StandardCharsets.US_ASCII);
                            assertThat(version + rest).isEqualTo("1.1\r\n");
                            throw new IOException("ended without the last chunk");
                        })
                        .isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void speaksHttp10WithClientsThatDo() throws Exception {
        try (Wire client = running.client()) {
            client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            Wire server = upstream.accept();
            Head request = server.head();
            assertThat(request.startLine()).isEqualTo("GET / HTTP/1.1");
            assertThat(request.field("host")).isEqualTo(upstream.upstream().toString());
            server.send("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK);
            Head kept = client.head();
            assertThat(kept.status()).isEqualTo(200);
            assertThat(kept.field("connection")).isEqualTo("keep-alive");
            client.text(2);
            client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            server.head();
            server.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
            assertThat(client.head().field("connection")).isEqualTo("close");
            assertThat(client.untilEnd()).asString().isEqualTo("ok");
            try (Wire next = running.client()) {
                next.send("GET / HTTP/1.0\r\n\r\n");
                server.head();
                server.send(OK);
                assertThat(next.head().field("connection")).isEqualTo("close");
                assertThat(next.untilEnd()).asString().isEqualTo("ok");
            }
        }
    }

    // ---- expectations and interim responses

    @Test
    void passesAnExpectationAndItsAnswerOn() throws Exception {
        try (Wire client = running.client()) {
            client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
            Wire server = upstream.accept();
            assertThat(server.head().field("expect")).isEqualTo("100-continue");
            assertThat(client.isSilentFor(MOMENT_MILLIS)).isTrue();
            server.send("HTTP/1.1 100 Continue\r\n\r\n");
            assertThat(client.head().status()).isEqualTo(100);
            client.send("body");
            assertThat(server.text(4)).isEqualTo("body");
            server.send("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + OK);
            Head hints = client.head();
            assertThat(hints.status()).isEqualTo(103);
            assertThat(hints.field("link")).isEqualTo("</x>");
            assertThat(client.response(200)).isEqualTo("ok");
            client.send(GET);
            assertThat(server.head().startLine()).isEqualTo("GET / HTTP/1.1");
        }
    }

    @Test
    void closesBothSidesWhenABodyIsAnsweredBeforeItsEnd() throws Exception {
        try (Wire client = running.client()) {
            client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
            Wire server = upstream.accept();
            server.head();
            server.send("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 2\r\n\r\nno");
            Head head = client.head();
            assertThat(head.status()).isEqualTo(417);
            assertThat(head.field("connection")).isEqualTo("close");
            assertThat(client.text(2)).isEqualTo("no");
            assertThat(client.atEnd()).isTrue();
            assertThat(server.atEnd()).isTrue();
        }
    }

    // ---- fields

    @Test
    void removesWhatBelongsToOneConnection() throws Exception {
        try (Wire client = running.client()) {
            client.send(
                    "GET / HTTP/1.1\r\nHost: test\r\nConnection: keep-alive, X-Mine, Upgrade, HTTP2-Settings\r\nX-Mine: 1\r\n"
                            + "Keep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\nProxy-Authorization: Basic x\r\n"
                            + "TE: trailers\r\nProxy: http://evil\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\nX-Kept: 1\r\n\r\n");
            Wire server = upstream.accept();
            Head request = server.head();
            assertThat(request.fields())
                    .extracting(field -> field.substring(0, field.indexOf(':')))
                    .containsExactlyInAnyOrder(
                            "host", "x-kept", "forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host");
            server.send("HTTP/1.1 200 OK\r\nConnection: X-Ours\r\nX-Ours: 1\r\nKeep-Alive: timeout=9\r\n"
                    + "Proxy-Authenticate: Basic\r\nUpgrade: h2c\r\nX-Kept: 2\r\nContent-Length: 0\r\n\r\n");
            assertThat(client.head().fields()).containsExactlyInAnyOrder("x-kept: 2", "content-length: 0");
        }
    }

    @Test
    void tellsTheUpstreamWhoAsked() throws Exception {
        try (Wire client = running.client()) {
            client.send("GET / HTTP/1.1\r\nHost: test:81\r\nForwarded: for=192.0.2.9\r\nX-Forwarded-For: 192.0.2.8\r\n"
                    + "X-Forwarded-For: 192.0.2.9\r\n\r\n");
            Head request = upstream.accept().head();
            assertThat(request.field("host")).isEqualTo("test:81");
            assertThat(request.field("forwarded"))
                    .isEqualTo("for=192.0.2.9, for=127.0.0.1;proto=http;host=\"test:81\"");
            assertThat(request.field("x-forwarded-for")).isEqualTo("192.0.2.8, 192.0.2.9, 127.0.0.1");
            assertThat(request.field("x-forwarded-proto")).isEqualTo("http");
            assertThat(request.field("x-forwarded-host")).isEqualTo("test:81");
            assertThat(request.has("via")).isFalse();
        }
    }

    @Test
    void replacesWhatClientsSayOfThemselvesWhenAsked() throws Exception {
        restart(settings().with(HostHeader.UPSTREAM, ForwardedMode.REPLACE, "edge"));
        try (Wire client = running.client()) {
            client.send("GET / HTTP/1.1\r\nHost: test\r\nForwarded: for=192.0.2.9\r\nX-Forwarded-For: 192.0.2.9\r\n"
                    + "X-Forwarded-Host: evil\r\nX-Forwarded-Proto: https\r\n\r\n");
            Wire server = upstream.accept();
            Head request = server.head();
            assertThat(request.field("host")).isEqualTo(upstream.upstream().toString());
            assertThat(request.field("forwarded")).isEqualTo("for=127.0.0.1;proto=http;host=test");
            assertThat(request.field("x-forwarded-for")).isEqualTo("127.0.0.1");
            assertThat(request.field("x-forwarded-proto")).isEqualTo("http");
            assertThat(request.field("x-forwarded-host")).isEqualTo("test");
            assertThat(request.field("via")).isEqualTo("1.1 edge");
            server.send(OK);
            assertThat(client.head().field("via")).isEqualTo("1.1 edge");
        }
    }

    @Test
    void makesAPathOfATargetInAbsoluteForm() throws Exception {
        try (Wire client = running.client()) {
            Wire server = null;
            for (String[] target : new String[][] {
                {"GET", "http://other:8/a?b", "/a?b", "other:8"},
                {"GET", "http://other", "/", "other"},
                {"GET", "HTTP://other?x", "/?x", "other"},
                {"OPTIONS", "http://other", "*", "other"},
                {"OPTIONS", "*", "*", "test"},
                {"GET", "/http://x/../y", "/http://x/../y", "test"}
            }) {
                client.send(target[0] + " " + target[1] + " HTTP/1.1\r\nHost: test\r\n\r\n");
                server = server == null ? upstream.accept() : server;
                Head request = server.head();
                assertThat(request.startLine()).isEqualTo(target[0] + " " + target[2] + " HTTP/1.1");
                assertThat(request.field("host")).isEqualTo(target[3]);
                server.send(OK);
                client.response(200);
            }
        }
    }

    // ---- what goes wrong

    @Test
    void cutsTheClientWhenTheUpstreamEndsWithinAResponse() throws Exception {
        for (String begun : new String[] {
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\n"
        }) {
            try (Wire client = running.client()) {
                client.send(GET);
                try (Wire server = upstream.accept()) {
                    server.head();
                    server.send(begun);
                }
                assertThatThrownBy(() -> client.response(200)).isInstanceOf(IOException.class);
                assertThat(client.atEnd()).isTrue();
            }
        }
    }

    @Test
    void says502WhenThereIsNoResponse() throws Exception {
        for (String bad : new String[] {
            "",
            "HTTP/1.1 200",
            "nonsense\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
            "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n"
        }) {
            try (Wire client = running.client()) {
                client.send(GET);
                try (Wire server = upstream.accept()) {
                    server.head();
                    server.send(bad);
                    server.endOutput();
                    assertThat(client.response(502)).as(bad).startsWith("502 ");
                }
                // The client's request was whole, so its connection is still good.
                client.send(GET);
                Wire server = upstream.accept();
                server.head();
                server.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
                assertThat(client.response(200)).isEqualTo("ok");
            }
        }
    }

    @Test
    void closesTheUpstreamConnectionWhenTheClientGoesAway() throws Exception {
        try (Wire client = running.client()) {
            client.send(GET);
            Wire server = upstream.accept();
            server.head();
            server.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
            client.head();
            client.reset();
            assertThat(server.atEnd()).isTrue();
        }
        try (Wire client = running.client()) {
            client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\nhalf");
            Wire server = upstream.accept();
            server.head();
            assertThat(server.text(4)).isEqualTo("half");
            client.close();
            assertThat(server.atEnd()).isTrue();
        }
    }

    @Test
    void doesNotTakeAnUnaskedResponseForTheNextAnswer() throws Exception {
        try (Wire client = running.client();
                Wire victim = running.client()) {
            client.send(GET);
            Wire server = upstream.accept();
            server.head();
            server.send(OK + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
            assertThat(client.response(200)).isEqualTo("ok");
            victim.send(GET);
            Wire other = upstream.accept();
            other.head();
            other.send(OK);
            assertThat(victim.response(200)).isEqualTo("ok");
            assertThat(server.atEnd()).isTrue();
        }
    }

    @Test
    void sendsARequestAgainWhenAKeptConnectionHadEnded() throws Exception {
        try (Wire client = running.client()) {
            client.send(GET);
            Wire server = upstream.accept();
            server.head();
            server.send(OK);
            assertThat(client.response(200)).isEqualTo("ok");
            client.send(GET);
            server.head();
            server.close();
            Wire other = upstream.accept();
            assertThat(other.head().startLine()).isEqualTo("GET / HTTP/1.1");
            other.send(OK);
            assertThat(client.response(200)).isEqualTo("ok");
        }
    }

    @Test
    void doesNotSendAgainWhatMayHaveHadAnEffect() throws Exception {
        String post = "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n";
        String put = "PUT / HTTP/1.1\r\nHost: test\r\nContent-Length: 1\r\n\r\nx";
        for (String request : new String[] {post, put}) {
            try (Wire client = running.client()) {
                client.send(GET);
                Wire server = upstream.accept();
                server.head();
                server.send(OK);
                client.response(200);
                client.send(request);
                server.head();
                server.close();
                assertThat(client.response(502)).startsWith("502 ");
                assertThat(upstream.isLeftAloneFor(MOMENT_MILLIS)).isTrue();
            }
        }
    }

    @Test
    void doesNotSendARequestAgainOnANewConnectionOrAfterAnAnswerBegan() throws Exception {
        try (Wire client = running.client()) {
            client.send(GET);
            Wire server = upstream.accept();
            server.head();
            server.close();
            client.response(502);
            client.send(GET);
            server = upstream.accept();
            server.head();
            server.send(OK);
            client.response(200);
            client.send(GET);
            server.head();
            server.send("HTTP/1.1 103 Early Hints\r\n\r\n");
            assertThat(client.head().status()).isEqualTo(103);
            server.close();
            client.response(502);
            assertThat(upstream.isLeftAloneFor(MOMENT_MILLIS)).isTrue();
        }
    }

    @Test
    void triesAnotherUpstreamWhenOneDoesNotAcceptConnections() throws Exception {
        restart(ProxySettings.to(List.of(unused(), upstream.upstream(), unused())));
        try (Wire client = running.client()) {
            Wire server = null;
            for (int i = 0; i < 20; i++) {
                client.send(GET);
                server = server == null ? upstream.accept() : server;
                server.head();
                server.send(OK);
                assertThat(client.response(200)).isEqualTo("ok");
            }
        }
    }

    @Test
    void says502WhenNoUpstreamAcceptsConnections() throws Exception {
        restart(ProxySettings.to(List.of(unused(), unused())));
        try (Wire client = running.client()) {
            for (int i = 0; i < 5; i++) {
                assertThat(client.send(GET).response(502)).isEqualTo("502 no upstream accepts a connection\n");
            }
            client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 100000\r\n\r\nbegun");
            Head head = client.head();
            assertThat(head.status()).isEqualTo(502);
            assertThat(head.field("connection")).isEqualTo("close");
        }
    }

    private static Upstream unused() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new Upstream("127.0.0.1", taken.getLocalPort());
        }
    }

    // ---- time

    @Test
    void says504WhenTheUpstreamDoesNotAnswer() throws Exception {
        restart(settings().with(timeouts(200, 10_000)));
        try (Wire client = running.client()) {
            client.send(GET);
            Wire server = upstream.accept();
            server.head();
            assertThat(client.response(504)).startsWith("504 ");
            assertThat(server.atEnd()).isTrue();
        }
    }

    @Test
    void cutsAResponseThatStopsOnTheWay() throws Exception {
        restart(settings().with(timeouts(200, 10_000)));
        try (Wire client = running.client()) {
            client.send(GET);
            Wire server = upstream.accept();
            server.head();
            server.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
            assertThatThrownBy(() -> client.response(200)).isInstanceOf(IOException.class);
            assertThat(server.atEnd()).isTrue();
        }
    }

    @Test
    void letsAResponseTakeAsLongAsItMoves() throws Exception {
        restart(settings().with(timeouts(400, 10_000)));
        try (Wire client = running.client()) {
            client.send(GET);
            Wire server = upstream.accept();
            server.head();
            server.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
            client.head();
            for (int i = 0; i < 10; i++) {
                server.send("x");
                assertThat(client.text(1)).isEqualTo("x");
                assertThat(client.isSilentFor(100)).isTrue();
            }
        }
    }

    @Test
    void closesAClientThatSendsNoRequest() throws Exception {
        restart(settings().with(timeouts(10_000, 200)));
        try (Wire idle = running.client()) {
            assertThat(idle.atEnd()).isTrue();
        }
    }

    @Test
    void says408WhenABodyDoesNotCome() throws Exception {
        restart(settings().with(timeouts(10_000, 200)));
        try (Wire client = running.client()) {
            client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\nhalf");
            Wire server = upstream.accept();
            server.head();
            server.text(4);
            assertThat(client.response(408)).startsWith("408 ");
            assertThat(server.atEnd()).isTrue();
        }
    }

    // ---- other protocols

    @Test
    void becomesATunnelWhenTheUpstreamSwitchesProtocols() throws Exception {
        try (Wire client = running.client()) {
            client.send("GET /chat HTTP/1.1\r\nHost: test\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Key: x\r\n\r\n");
            Wire server = upstream.accept();
            Head request = server.head();
            assertThat(request.field("connection")).isEqualTo("upgrade");
            assertThat(request.field("upgrade")).isEqualTo("websocket");
            // What comes with the answer is no longer HTTP.
            server.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Accept: y\r\n\r\n\u0001first");
            Head head = client.head();
            assertThat(head.status()).isEqualTo(101);
            assertThat(head.field("upgrade")).isEqualTo("websocket");
            assertThat(head.field("connection")).isEqualTo("upgrade");
            assertThat(client.text(6)).isEqualTo("\u0001first");
            byte[] bytes = new byte[4 << 20];
            new Random(11).nextBytes(bytes);
            CompletableFuture<Void> up = client.sendAside(bytes);
            CompletableFuture<Void> down = server.sendAside(bytes);
            CompletableFuture<String> received = CompletableFuture.supplyAsync(() -> digest(client, bytes.length));
            assertThat(server.digest(bytes.length)).isEqualTo(Wire.digest(bytes));
            assertThat(received.get(10, TimeUnit.SECONDS)).isEqualTo(Wire.digest(bytes));
            up.get(10, TimeUnit.SECONDS);
            down.get(10, TimeUnit.SECONDS);
            // One direction ends, the other goes on.
            client.send("bye").endOutput();
            assertThat(server.untilEnd()).asString().isEqualTo("bye");
            server.send("still here");
            assertThat(client.text(10)).isEqualTo("still here");
            server.close();
            assertThat(client.atEnd()).isTrue();
        }
    }

    private static String digest(Wire wire, long bytes) {
        try {
            return wire.digest(bytes);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void endsATunnelWhenEitherSideIsReset() throws Exception {
        for (boolean clientEnds : new boolean[] {true, false}) {
            try (Wire client = running.client()) {
                Wire server = openTunnel(client);
                (clientEnds ? client : server).reset();
                assertThat((clientEnds ? server : client).atEnd()).isTrue();
            }
        }
    }

    private Wire openTunnel(Wire client) throws IOException {
        client.send("GET / HTTP/1.1\r\nHost: test\r\nConnection: upgrade\r\nUpgrade: raw\r\n\r\n");
        Wire server = upstream.accept();
        server.head();
        server.send("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: raw\r\n\r\n");
        assertThat(client.head().status()).isEqualTo(101);
        return server;
    }

    @Test
    void goesOnWithHttpWhenTheUpstreamDoesNotSwitch() throws Exception {
        try (Wire client = running.client()) {
            client.send("GET / HTTP/1.1\r\nHost: test\r\nConnection: upgrade\r\nUpgrade: raw\r\n\r\n" + GET);
            Wire server = upstream.accept();
            for (int i = 0; i < 2; i++) {
                server.head();
                server.send(OK);
                assertThat(client.response(200)).isEqualTo("ok");
            }
        }
    }

    // ---- stop

    @Test
    void servesWhatIsUnderWayAndClosesTheRestWhenStopped() throws Exception {
        try (Wire idle = running.client();
                Wire busy = running.client()) {
            idle.send(GET);
            Wire server = upstream.accept();
            server.head();
            server.send(OK);
            idle.response(200);
            busy.send(GET);
            server.head();
            CompletableFuture<Boolean> stopped = CompletableFuture.supplyAsync(() -> stopProxy(Duration.ofSeconds(10)));
            assertThat(idle.atEnd()).isTrue();
            server.send(OK);
            Head head = busy.head();
            assertThat(head.field("connection")).isEqualTo("close");
            assertThat(busy.text(2)).isEqualTo("ok");
            assertThat(busy.atEnd()).isTrue();
            assertThat(stopped.get(10, TimeUnit.SECONDS)).isTrue();
            assertThatThrownBy(() -> running.client().close()).isInstanceOf(IOException.class);
        }
    }

    @Test
    void doesNotWaitBeyondItsBoundWhenStopped() throws Exception {
        try (Wire busy = running.client()) {
            busy.send(GET);
            upstream.accept().head();
            assertThat(stopProxy(Duration.ofMillis(100))).isFalse();
        }
    }

    private boolean stopProxy(Duration bound) {
        try {
            return running.proxy().stop(bound);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
