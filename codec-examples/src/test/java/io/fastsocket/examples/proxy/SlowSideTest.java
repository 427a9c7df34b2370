package io.fastsocket.examples.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.transport.engine.Engine;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What one side does not take is not read from the other. */
@ParameterizedClass
@EnumSource(value = Engine.class, mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
@Timeout(60)
@SuppressWarnings("StringConcatToTextBlock") // text blocks end lines with LF alone, HTTP does not
final class SlowSideTest {
    private static final int BODY_BYTES = 64 << 20;

    /** Two chunks of the allocator's, 4 MiB each, and room for a third: an eighth of the body, and what sockets hold besides. */
    private static final long DIRECT_BYTES_MAX = 12 << 20;

    /** What the sockets of loopback hold, at the very most: tcp_rmem and tcp_wmem of two connections. */
    private static final long SOCKET_BYTES_MAX = 40 << 20;

    private static final int STALL_MILLIS = 1500;

    private final Engine engine;
    private ScriptedUpstream upstream;
    private RunningProxy running;

    SlowSideTest(Engine engine) {
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

    private static long directBytes() {
        return PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
    }

    @Test
    void holdsLittleOfAResponseThatTheClientDoesNotRead() throws Exception {
        long before = directBytes();
        byte[] body = new byte[BODY_BYTES];
        new java.util.Random(3).nextBytes(body);
        try (Wire client = Wire.withSmallBufferTo(running.port())) {
            client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
            Wire server = upstream.accept();
            server.head();
            server.send("HTTP/1.1 200 OK\r\nContent-Length: " + BODY_BYTES + "\r\n\r\n");
            CompletableFuture<Void> sent = server.sendAside(body);
            assertStalls(sent);
            assertThat(directBytes() - before).isLessThan(DIRECT_BYTES_MAX);
            client.head();
            assertThat(client.digest(BODY_BYTES)).isEqualTo(Wire.digest(body));
            sent.get(10, TimeUnit.SECONDS);
            assertThat(directBytes() - before).isLessThan(DIRECT_BYTES_MAX);
        }
    }

    @Test
    void holdsLittleOfARequestThatTheUpstreamDoesNotRead() throws Exception {
        long before = directBytes();
        byte[] body = new byte[BODY_BYTES];
        new java.util.Random(4).nextBytes(body);
        try (Wire client = running.client()) {
            client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: " + BODY_BYTES + "\r\n\r\n");
            CompletableFuture<Void> sent = client.sendAside(body);
            Wire server = upstream.accept();
            server.head();
            assertStalls(sent);
            assertThat(directBytes() - before).isLessThan(DIRECT_BYTES_MAX);
            assertThat(server.digest(BODY_BYTES)).isEqualTo(Wire.digest(body));
            sent.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void holdsLittleOfATunnelThatTheClientDoesNotRead() throws Exception {
        long before = directBytes();
        byte[] body = new byte[BODY_BYTES];
        try (Wire client = Wire.withSmallBufferTo(running.port())) {
            client.send("GET / HTTP/1.1\r\nHost: test\r\nConnection: upgrade\r\nUpgrade: raw\r\n\r\n");
            Wire server = upstream.accept();
            server.head();
            server.send("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: raw\r\n\r\n");
            client.head();
            CompletableFuture<Void> sent = server.sendAside(body);
            assertStalls(sent);
            assertThat(directBytes() - before).isLessThan(DIRECT_BYTES_MAX);
            assertThat(client.digest(BODY_BYTES)).isEqualTo(Wire.digest(body));
            sent.get(10, TimeUnit.SECONDS);
        }
    }

    /** The sender cannot finish: more was given to it than sockets hold, and nobody between reads on. */
    private static void assertStalls(CompletableFuture<Void> sent) throws Exception {
        assertThat(BODY_BYTES).isGreaterThan((int) SOCKET_BYTES_MAX);
        assertThat(CompletableFuture.anyOf(
                                sent,
                                new CompletableFuture<Void>()
                                        .completeOnTimeout(null, STALL_MILLIS, TimeUnit.MILLISECONDS))
                        .thenApply(any -> sent.isDone())
                        .get(10, TimeUnit.SECONDS))
                .isFalse();
    }
}
