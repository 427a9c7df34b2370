package io.fastsocket.examples.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fastsocket.examples.proxy.ProxySettings.Timeouts;
import io.fastsocket.transport.engine.Engine;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** How the two sides of a tunnel end: an end as an end, anything else as a reset, after what was said before. */
@ParameterizedClass
@EnumSource(value = Engine.class, mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
@Timeout(60)
final class TunnelTest {
    private static final int UPLOAD_BYTES = 8 << 20;
    private static final int LAST_BYTES = 60_000;

    private final Engine engine;
    private ScriptedUpstream upstream;
    private RunningProxy running;

    TunnelTest(Engine engine) {
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
        running.close();
    }

    /** The upstream's end of a new tunnel. */
    private Wire open(Wire client) throws Exception {
        client.send("GET / HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n");
        Wire server = upstream.accept();
        server.head();
        server.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\nhello");
        assertThat(client.head().status()).isEqualTo(101);
        assertThat(client.text(5)).isEqualTo("hello");
        return server;
    }

    private static void assertReset(Wire wire) {
        assertThatThrownBy(wire::untilEnd).isInstanceOf(SocketException.class).hasMessageContaining("reset");
    }

    @Test
    void aResetOfTheUpstreamIsAReset() throws Exception {
        try (Wire client = running.client()) {
            Wire server = open(client);
            server.send("PUSHED");
            assertThat(client.text(6)).isEqualTo("PUSHED");
            server.reset();
            assertReset(client);
        }
    }

    @Test
    void aResetOfTheClientIsAReset() throws Exception {
        try (Wire client = running.client()) {
            Wire server = open(client);
            client.reset();
            assertReset(server);
        }
    }

    @Test
    void whatAnUpstreamSaysBeforeItClosesOnAnUploadArrives() throws Exception {
        try (Wire client = running.client()) {
            Wire server = open(client);
            var upload = client.sendAside(new byte[UPLOAD_BYTES]);
            // More of the upload than is read waits here: a close is a reset.
            server.text(1);
            await().until(server::hasUnread);
            server.send("x".repeat(LAST_BYTES));
            server.close();

            assertThat(client.text(LAST_BYTES)).hasSize(LAST_BYTES);
            // On epoll some three of a hundred of these resets are read as an end, and passed on as one.
            try {
                client.untilEnd();
                upload.join();
            } catch (SocketException | CompletionException reset) {
                assertThat(reset).hasStackTraceContaining(SocketException.class.getName());
            }
        }
    }

    @Test
    void whatAnUpstreamSaysBeforeItClosesOnAClientThatEndsMeanwhileArrives() throws Exception {
        try (Wire client = running.client()) {
            Wire server = open(client);
            client.send("ab");
            server.text(1);
            running.whileTheLoopIsBusy(() -> {
                client.send("c").endOutput();
                // With something unread a close is a reset.
                server.send("no more of this").close();
                return null;
            });
            assertThat(client.text(15)).isEqualTo("no more of this");
        }
    }

    @Test
    void whatAnUpstreamSaidThatEndedAndTakesNoMoreArrivesInOrder() throws Exception {
        try (Wire witness = running.client();
                Wire client = Wire.withSmallBufferTo(running.port())) {
            Wire witnessed = open(witness);
            Wire server = open(client);
            // Less than a write buffer, so all of it is read, and more than the client's socket holds.
            server.send("x".repeat(LAST_BYTES)).endOutput();
            rounds(witness, witnessed);
            server.close();
            for (int i = 0; i < 5; i++) {
                client.send("y");
                rounds(witness, witnessed);
            }
            assertThat(client.untilEnd()).hasSize(LAST_BYTES);
        }
    }

    /** One loop: it has seen what was sent before, in one of its rounds. */
    private static void rounds(Wire client, Wire server) throws Exception {
        for (int i = 0; i < 50; i++) {
            client.send("z");
            assertThat(server.text(1)).isEqualTo("z");
        }
    }

    @Test
    void aTunnelOfWhichOneSideHasEndedHasTheIdleTimeout() throws Exception {
        running.close();
        Timeouts timeouts = new Timeouts(Duration.ofSeconds(30), Duration.ofMillis(300), Duration.ofHours(1));
        running = RunningProxy.start(
                engine, ProxySettings.to(List.of(upstream.upstream())).with(timeouts));
        try (Wire client = running.client()) {
            Wire server = open(client);
            client.endOutput();
            assertThat(server.untilEnd()).isEmpty();
            assertReset(client);
        }
    }
}
