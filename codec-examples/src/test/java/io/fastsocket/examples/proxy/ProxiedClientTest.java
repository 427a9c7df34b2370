package io.fastsocket.examples.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fastsocket.examples.proxy.Wire.Head;
import io.fastsocket.examples.upstream.Upstream;
import io.fastsocket.transport.engine.Engine;
import java.io.ByteArrayOutputStream;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The PROXY protocol in front of HTTP, by the bytes of its specification. */
@Timeout(60)
@SuppressWarnings("StringConcatToTextBlock") // text blocks end lines with LF alone, HTTP does not
final class ProxiedClientTest {
    /** The signature, version 2 and PROXY, TCP over IPv4, twelve bytes of addresses. */
    private static final byte[] HEADER = {
        0x0D,
        0x0A,
        0x0D,
        0x0A,
        0x00,
        0x0D,
        0x0A,
        0x51,
        0x55,
        0x49,
        0x54,
        0x0A,
        0x21,
        0x11,
        0,
        12,
        (byte) 192,
        0,
        2,
        7,
        (byte) 198,
        51,
        100,
        1,
        0x30,
        0x39,
        0,
        80
    };

    private static final byte[] GET = "GET / HTTP/1.1\r\nHost: test\r\n\r\n".getBytes(US_ASCII);

    @ParameterizedTest
    @EnumSource(value = Engine.class, mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void believesTheHeaderAndPassesItOn(Engine engine) throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                RunningProxy running = RunningProxy.start(
                        engine, ProxySettings.to(List.of(upstream.upstream())).withProxyProtocol(true, true));
                Wire client = running.client()) {
            ByteArrayOutputStream first = new ByteArrayOutputStream();
            first.writeBytes(HEADER);
            first.writeBytes(GET);
            client.send(first.toByteArray());
            for (int i = 0; i < 2; i++) {
                // Each request has a connection of its own, since a header is said once per connection.
                Wire server = upstream.accept();
                assertThat(server.text(HEADER.length).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1))
                        .isEqualTo(HEADER);
                Head request = server.head();
                assertThat(request.field("x-forwarded-for")).isEqualTo("192.0.2.7");
                server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                assertThat(client.response(200)).isEqualTo("ok");
                assertThat(server.atEnd()).isTrue();
                client.send(GET);
            }
        }
    }

    /** Two connections fill a backlog of one; what comes then connects when the kernel asks again, and there is room. */
    @ParameterizedTest
    @EnumSource(value = Engine.class, mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void keepsNoConnectionWhoseClientHadGoneBeforeItWasThere(Engine engine) throws Exception {
        StringWriter lines = new StringWriter();
        try (AccessLog log = new AccessLog(lines);
                ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket first = new Socket(InetAddress.getLoopbackAddress(), full.getLocalPort());
                Socket second = new Socket(InetAddress.getLoopbackAddress(), full.getLocalPort());
                RunningProxy running = RunningProxy.start(
                        engine,
                        ProxySettings.to(List.of(new Upstream("127.0.0.1", full.getLocalPort())))
                                .withProxyProtocol(false, true),
                        parts -> parts.with(log))) {
            full.setSoTimeout(Wire.READ_TIMEOUT_MILLIS);
            Wire gone = running.client();
            gone.send(GET);
            gone.reset();
            await().atMost(Duration.ofSeconds(10)).until(() -> lines.toString().contains(" 499 "));
            full.accept().close();
            full.accept().close();
            try (Wire nobodys = new Wire(full.accept());
                    Wire client = running.client()) {
                client.send(GET);
                assertThat(nobodys.atEnd()).isTrue();
                try (Wire server = new Wire(full.accept())) {
                    byte[] header = server.text(28).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
                    assertThat((header[24] & 0xff) << 8 | (header[25] & 0xff)).isEqualTo(client.localPort());
                }
            }
        }
    }

    @Test
    void takesTheHeaderInPieces() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                RunningProxy running = RunningProxy.start(
                        Engine.NIO,
                        ProxySettings.to(List.of(upstream.upstream())).withProxyProtocol(true, false));
                Wire client = running.client()) {
            for (byte b : HEADER) {
                client.send(new byte[] {b});
            }
            client.send(GET);
            assertThat(upstream.accept().head().field("x-forwarded-for")).isEqualTo("192.0.2.7");
        }
    }

    @Test
    void closesAClientThatSendsNoHeader() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                RunningProxy running = RunningProxy.start(
                        Engine.NIO,
                        ProxySettings.to(List.of(upstream.upstream())).withProxyProtocol(true, false));
                Wire client = running.client()) {
            client.send(GET);
            assertThat(client.atEnd()).isTrue();
            assertThat(upstream.isLeftAloneFor(1)).isTrue();
        }
    }

    @Test
    void saysWhoTheClientIsWithoutAHeaderOfItsOwn() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                RunningProxy running = RunningProxy.start(
                        Engine.NIO,
                        ProxySettings.to(List.of(upstream.upstream())).withProxyProtocol(false, true));
                Wire client = running.client()) {
            client.send(GET);
            byte[] header = upstream.accept().text(28).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
            assertThat(header).startsWith(java.util.Arrays.copyOf(HEADER, 16));
            assertThat(header[16]).isEqualTo((byte) 127);
            assertThat((header[24] & 0xff) << 8 | (header[25] & 0xff)).isEqualTo(client.localPort());
        }
    }
}
