package io.fastsocket.examples.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastsocket.examples.proxy.Wire.Head;
import io.fastsocket.examples.tls.ServerTls;
import io.fastsocket.examples.tls.ServerTls.Certificate;
import io.fastsocket.examples.tls.TlsClient;
import io.fastsocket.transport.engine.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that speak TLS. The certificates are made by openssl when the test runs. */
@Timeout(60)
@SuppressWarnings("StringConcatToTextBlock") // text blocks end lines with LF alone, HTTP does not
final class TlsTest {
    @TempDir
    private static Path directory;

    @BeforeAll
    static void makeCertificates() throws Exception {
        for (String name : new String[] {"default", "one", "wild"}) {
            TlsClient.makeCertificate(directory, name, name.equals("wild") ? "*.example.com" : name + ".test");
        }
    }

    private static Certificate certificate(String host, String file) {
        return TlsClient.certificate(directory, host, file);
    }

    private static String subject(SSLSocket socket) throws IOException {
        return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                .getSubjectX500Principal()
                .getName();
    }

    @ParameterizedTest
    @EnumSource(value = Engine.class, mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void servesClientsThatSpeakTls(Engine engine) throws Exception {
        ServerTls tls = ServerTls.of(List.of(certificate("", "default")));
        byte[] body = new byte[4 << 20];
        new Random(5).nextBytes(body);
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                RunningProxy running = RunningProxy.start(
                        engine, ProxySettings.to(List.of(upstream.upstream())), parts -> parts.with(tls));
                Wire client = new Wire(TlsClient.connect(running.port(), "any.test"))) {
            client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: " + body.length + "\r\n\r\n");
            CompletableFuture<Void> sent = client.sendAside(body);
            Wire server = upstream.accept();
            Head request = server.head();
            assertThat(request.field("x-forwarded-proto")).isEqualTo("https");
            assertThat(request.field("forwarded")).contains("proto=https");
            assertThat(server.digest(body.length)).isEqualTo(Wire.digest(body));
            sent.get(10, TimeUnit.SECONDS);
            server.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n");
            CompletableFuture<Void> answered = server.sendAside(body);
            assertThat(client.head().status()).isEqualTo(200);
            assertThat(client.digest(body.length)).isEqualTo(Wire.digest(body));
            answered.get(10, TimeUnit.SECONDS);
            client.send("GET / HTTP/1.1\r\n\r\n");
            assertThat(client.head().status()).isEqualTo(400);
        }
    }

    @Test
    void showsTheCertificateOfTheNameThatIsAskedFor() throws Exception {
        ServerTls tls = ServerTls.of(List.of(
                certificate("", "default"), certificate("one.test", "one"), certificate("*.example.com", "wild")));
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                RunningProxy running = RunningProxy.start(
                        Engine.NIO, ProxySettings.to(List.of(upstream.upstream())), parts -> parts.with(tls))) {
            for (String[] name : new String[][] {
                {"one.test", "CN=one.test"},
                {"a.example.com", "CN=*.example.com"},
                {"other.test", "CN=default.test"}
            }) {
                try (SSLSocket socket = TlsClient.connect(running.port(), name[0])) {
                    assertThat(subject(socket)).isEqualTo(name[1]);
                }
            }
        }
    }

    @Test
    void opensATunnelUnderTls() throws Exception {
        ServerTls tls = ServerTls.of(List.of(certificate("", "default")));
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                RunningProxy running = RunningProxy.start(
                        Engine.NIO, ProxySettings.to(List.of(upstream.upstream())), parts -> parts.with(tls));
                Wire client = new Wire(TlsClient.connect(running.port(), "any.test"))) {
            client.send("GET / HTTP/1.1\r\nHost: test\r\nConnection: upgrade\r\nUpgrade: raw\r\n\r\n");
            Wire server = upstream.accept();
            server.head();
            server.send("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: raw\r\n\r\nhello");
            assertThat(client.head().status()).isEqualTo(101);
            assertThat(client.text(5)).isEqualTo("hello");
            client.send("ping");
            assertThat(server.text(4)).isEqualTo("ping");
            server.close();
            assertThat(client.atEnd()).isTrue();
        }
    }

    @Test
    void saysWhatIsWrongWithACertificate() throws Exception {
        Path none = directory.resolve("none.pem");
        assertThatThrownBy(() -> ServerTls.of(List.of(new Certificate("", none, none))))
                .hasMessage("certificate: chain=" + none
                        + " (expected: a PEM file): it cannot be read; fix: name another or permit reading");
        Path text = Files.writeString(directory.resolve("text.pem"), "no certificate");
        assertThatThrownBy(() -> ServerTls.of(List.of(new Certificate("", text, text))))
                .hasMessageContaining("expected: PEM, the key in PKCS#8 without a password")
                .hasMessageContaining("openssl pkcs8 -topk8 -nocrypt");
        assertThatThrownBy(() -> Certificate.parse("a.test=x"))
                .hasMessage("certificate: \"a.test=x\" (expected: host=chain.pem:key.pem)");
        assertThat(Certificate.parse("a.test=x:y")).isEqualTo(new Certificate("a.test", Path.of("x"), Path.of("y")));
    }
}
