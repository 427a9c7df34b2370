package io.fastsocket.examples.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.examples.fault.CapturedLog;
import io.fastsocket.examples.fault.Fault;
import io.fastsocket.examples.fault.Side;
import io.fastsocket.examples.tls.ServerTls;
import io.fastsocket.examples.tls.TlsClient;
import io.fastsocket.transport.engine.Engine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** What a client or an upstream does wrong is counted by its cause, and is no line in the log. */
@Timeout(60)
@SuppressWarnings("StringConcatToTextBlock") // text blocks end lines with LF alone, HTTP does not
final class HostilePeerTest {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final String CHUNKED = "Transfer-Encoding: chunked\r\n\r\n";

    @TempDir
    private Path directory;

    private final CapturedLog log = new CapturedLog();
    private ScriptedUpstream upstream;

    @BeforeEach
    void start() throws Exception {
        upstream = new ScriptedUpstream();
    }

    @AfterEach
    void stop() throws Exception {
        upstream.close();
        log.close();
    }

    private ProxySettings settings() {
        return ProxySettings.to(List.of(upstream.upstream()));
    }

    private static void awaitCount(RunningProxy running, Side side, Fault fault) {
        Awaitility.await(side + " " + fault)
                .atMost(DEADLINE)
                .until(() -> running.proxy().faults().count(side, fault) == 1);
    }

    private void assertNothingLogged() {
        assertThat(log.lines().stream().distinct())
                .describedAs("%d lines", log.lines().size())
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(value = Engine.class, mode = Mode.EXCLUDE, names = "AUTO")
    void thousandsOfChunksWithGarbageBehindThemAreOneAnswer(Engine engine) throws Exception {
        try (RunningProxy running = RunningProxy.start(engine, settings())) {
            for (int i = 0; i < 5; i++) {
                try (Wire client = running.client()) {
                    client.send("POST / HTTP/1.1\r\nHost: a\r\n" + CHUNKED + "1\r\na\r\n".repeat(9000) + "zz\r\n");
                    upstream.accept();
                    assertThat(client.head().status()).isEqualTo(400);
                    client.endOutput();
                }
            }
        }
        assertNothingLogged();
    }

    @ParameterizedTest
    @EnumSource(value = Engine.class, mode = Mode.EXCLUDE, names = "AUTO")
    void aResetOfTheUpstreamWithinItsAnswerIsCounted(Engine engine) throws Exception {
        try (RunningProxy running = RunningProxy.start(engine, settings());
                Wire client = running.client().send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                Wire origin = upstream.accept()) {
            origin.head();
            origin.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx");
            assertThat(client.head().status()).isEqualTo(200);
            origin.reset();
            awaitCount(running, Side.UPSTREAM, Fault.RESET);
        }
        assertNothingLogged();
    }

    @ParameterizedTest
    @EnumSource(value = Engine.class, mode = Mode.EXCLUDE, names = "AUTO")
    void aResetOfTheUpstreamWithinATunnelIsCounted(Engine engine) throws Exception {
        try (RunningProxy running = RunningProxy.start(engine, settings());
                Wire client = running.client()
                        .send("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: foo\r\n\r\n");
                Wire origin = upstream.accept()) {
            origin.head();
            origin.send("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: foo\r\n\r\nhello");
            assertThat(client.head().status()).isEqualTo(101);
            assertThat(client.text(5)).isEqualTo("hello");
            origin.reset();
            awaitCount(running, Side.UPSTREAM, Fault.RESET);
        }
        assertNothingLogged();
    }

    @ParameterizedTest
    @EnumSource(value = Engine.class, mode = Mode.EXCLUDE, names = "AUTO")
    void aResetOfTheClientWithinItsRequestIsCounted(Engine engine) throws Exception {
        try (RunningProxy running = RunningProxy.start(engine, settings())) {
            try (Wire client = running.client()) {
                client.send("POST / HTTP/1.1\r\nHost: a\r\n" + CHUNKED + "1\r\na\r\n");
                Wire origin = upstream.accept();
                origin.head();
                client.reset();
                awaitCount(running, Side.CLIENT, Fault.RESET);
            }
        }
        assertNothingLogged();
    }

    @ParameterizedTest
    @EnumSource(value = Engine.class, mode = Mode.EXCLUDE, names = "AUTO")
    void whatIsNoTlsIsCounted(Engine engine) throws Exception {
        TlsClient.makeCertificate(directory, "default", "localhost");
        ServerTls tls = ServerTls.of(List.of(TlsClient.certificate(directory, "", "default")));
        try (RunningProxy running = RunningProxy.start(engine, settings(), parts -> parts.with(tls));
                Wire client = running.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            awaitCount(running, Side.CLIENT, Fault.TLS);
        }
        assertNothingLogged();
    }

    @ParameterizedTest
    @EnumSource(value = Engine.class, mode = Mode.EXCLUDE, names = "AUTO")
    void aSecondHandshakeIsCounted(Engine engine) throws Exception {
        TlsClient.makeCertificate(directory, "default", "localhost");
        ServerTls tls = ServerTls.of(List.of(TlsClient.certificate(directory, "", "default")));
        try (RunningProxy running = RunningProxy.start(engine, settings(), parts -> parts.with(tls))) {
            SSLSocket client = TlsClient.connect(running.port(), "localhost", "TLSv1.2");
            try (Wire wire = new Wire(client)) {
                wire.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                upstream.accept().head();
                client.startHandshake();
                awaitCount(running, Side.CLIENT, Fault.TLS);
            }
        }
        assertNothingLogged();
    }

    @ParameterizedTest
    @EnumSource(value = Engine.class, mode = Mode.EXCLUDE, names = "AUTO")
    void eachWayToHaveNoProxyHeaderIsCountedOnce(Engine engine) throws Exception {
        List<String> headers = Stream.of(
                        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                        "PROXY TCP4 x y 1 2\r\n",
                        "PROXY UNKNOWN" + "a".repeat(2000),
                        "\r\n\r\n\0\r\nQUIT\n!\u0011\u00ff\u00ff" + "a".repeat(4000))
                .toList();
        for (String header : headers) {
            try (RunningProxy running = RunningProxy.start(engine, settings().withProxyProtocol(true, false));
                    Wire client = running.client()) {
                client.send(header);
                awaitCount(running, Side.CLIENT, Fault.PROXY_HEADER);
            }
        }
        assertNothingLogged();
    }
}
