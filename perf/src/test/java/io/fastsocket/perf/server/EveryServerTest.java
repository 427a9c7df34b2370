package io.fastsocket.perf.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.opentest4j.TestAbortedException;

/** Every server is started as the bench does it, in each of its roles, and must do the same work. */
@Timeout(120)
class EveryServerTest {
    private static final String TEXT = "Hello, World!";
    private static final String GET = "GET / HTTP/1.1\r\nHost: bench\r\n\r\n";
    private static final String GET_AND_CLOSE = "GET / HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n";

    private final ChildProcesses children = new ChildProcesses();
    private SocketFactory sockets = SocketFactory.getDefault();

    @AfterEach
    void endChildren() {
        children.close();
    }

    static Stream<Arguments> kindsThatServe() {
        return kindsIn(ServerRole.HTTP, ServerRole.HTTPS);
    }

    static Stream<Arguments> kindsThatPassOn() {
        return kindsIn(ServerRole.PROXY, ServerRole.PROXY_NEW);
    }

    private static Stream<Arguments> kindsIn(ServerRole... roles) {
        return Arrays.stream(ServerKind.values())
                .flatMap(kind -> Arrays.stream(roles).filter(kind::supports).map(role -> Arguments.of(kind, role)));
    }

    @ParameterizedTest
    @MethodSource("kindsThatServe")
    void answersTheSame(ServerKind kind, ServerRole role) throws Exception {
        try (ServerProcess server = start(kind, role, Optional.empty())) {
            if (role == ServerRole.HTTPS) {
                sockets = trusting(RunCertificate.in(children.directory()).chain());
            }
            answersAll(server);
            if (kind.servesFiles()) {
                answersTheFile(server);
            }
            server.requireAlive();
        }
    }

    @ParameterizedTest
    @MethodSource("kindsThatPassOn")
    void passesOnWhatTheOriginAnswers(ServerKind kind, ServerRole role) throws Exception {
        try (CountedOrigin origin = new CountedOrigin();
                ServerProcess server = start(kind, role, Optional.of(origin.address()))) {
            answersAll(server);
            opensConnectionsToTheOrigin(server, origin, role);
            passesBodiesOn(server);
            origin.close();
            try (RawHttp client = connect(server)) {
                assertThat(client.send(GET_AND_CLOSE).readToEnd()).startsWith("HTTP/1.1 50");
            }
            server.requireAlive();
        }
    }

    @Test
    void refusesARoleThatAServerCannotPlayAndAProxyWithoutAnOrigin() throws Exception {
        Path directory = children.directory();
        ServerSetup https =
                new ServerSetup(ServerRole.HTTPS, ServerHost.LOOPBACK, 1, Optional.empty(), List.of(), directory);

        assertThatThrownBy(() -> ServerCommand.of(ServerKind.VERTX, https))
                .hasMessage("vertx cannot be started: role=HTTPS (expected one of [HTTP])");
        assertThatThrownBy(() -> new ServerSetup(
                        ServerRole.PROXY, ServerHost.LOOPBACK, 1, Optional.empty(), List.of(), directory))
                .hasMessageContaining("role=PROXY, origin=Optional.empty (expected an origin for a proxy");
    }

    private void answersAll(ServerProcess server) throws Exception {
        assertThat(server.about()).isNotEmpty();
        answersPipelinedRequestsAndCloses(server);
        closesAfterHttp10(server);
        answersBytes(server);
    }

    private void answersPipelinedRequestsAndCloses(ServerProcess server) throws Exception {
        try (RawHttp client = connect(server)) {
            String responses =
                    client.send(GET + GET + GET_AND_CLOSE).readToEnd().toLowerCase(Locale.ROOT);

            String text = TEXT.toLowerCase(Locale.ROOT);
            assertThat(responses.split(text, -1)).hasSize(4).satisfies(heads -> {
                assertThat(List.of(heads).subList(0, 3)).allSatisfy(head -> assertThat(head)
                        .startsWith("http/1.1 200 ")
                        .contains("content-type: text/plain\r\n")
                        .contains("content-length: 13\r\n"));
                assertThat(heads[1]).doesNotContain("connection: close");
                assertThat(heads[2]).contains("connection: close\r\n");
                assertThat(heads[3]).isEmpty();
            });
        }
    }

    private void closesAfterHttp10(ServerProcess server) throws Exception {
        try (RawHttp client = connect(server)) {
            assertThat(client.send("GET / HTTP/1.0\r\n\r\n").readToEnd()).endsWith("\r\n\r\n" + TEXT);
        }
    }

    private void answersBytes(ServerProcess server) throws Exception {
        String request = "GET /bytes/1024 HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n";
        try (RawHttp client = connect(server)) {
            assertThat(client.send(request).readToEnd()).endsWith("\r\n\r\n" + "0123456789abcdef".repeat(64));
        }
    }

    private void answersTheFile(ServerProcess server) throws Exception {
        String request = "GET /files/1048576 HTTP/1.1\r\nHost: bench\r\n";
        String body = "\r\n\r\n" + "0123456789abcdef".repeat(1 << 16);
        try (RawHttp client = connect(server)) {
            for (int i = 0; i < 20; i++) {
                client.send(request + "\r\n");
                assertThat(client.readResponse())
                        .contains("1048576")
                        .contains("application/octet-stream")
                        .matches(response -> response.endsWith(body), "the body");
            }
            assertThat(client.send(request + "Connection: close\r\n\r\n").readToEnd())
                    .matches(response -> response.endsWith(body), "the body");
        }
    }

    private void opensConnectionsToTheOrigin(ServerProcess server, CountedOrigin origin, ServerRole role)
            throws Exception {
        int requests = 20;
        int before = origin.accepted();
        try (RawHttp client = connect(server)) {
            for (int i = 0; i < requests; i++) {
                client.send(GET);
                assertThat(client.readResponse()).endsWith(TEXT);
            }
        }
        int opened = origin.accepted() - before;
        if (role == ServerRole.PROXY) {
            assertThat(opened).isLessThanOrEqualTo(1);
        } else {
            assertThat(opened).isEqualTo(requests);
        }
    }

    private void passesBodiesOn(ServerProcess server) throws Exception {
        String body = "0123456789abcdef".repeat(1 << 16);
        String large = "0123456789abcdef".repeat(1 << 19);
        try (RawHttp client = connect(server)) {
            String head = "POST /echo HTTP/1.1\r\nHost: bench\r\nContent-Length: " + body.length() + "\r\n\r\n";
            CompletableFuture<Void> sent = client.sendAside(head + body);
            assertThat(client.readResponse().endsWith("\r\n\r\n" + body)).isTrue();
            sent.get(10, TimeUnit.SECONDS);
            client.send("GET /bytes/" + large.length() + " HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n");
            assertThat(client.readToEnd().endsWith("\r\n\r\n" + large)).isTrue();
        }
    }

    private RawHttp connect(ServerProcess server) throws Exception {
        return new RawHttp(server.address(), sockets);
    }

    /** Sockets of TLS for servers that have this certificate. */
    private static SocketFactory trusting(Path certificate) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null);
        try (InputStream file = Files.newInputStream(certificate)) {
            trusted.setCertificateEntry(
                    "run", CertificateFactory.getInstance("X.509").generateCertificate(file));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context.getSocketFactory();
    }

    private ServerProcess start(ServerKind kind, ServerRole role, Optional<InetSocketAddress> origin) throws Exception {
        try {
            // Compilers that start fast: this is no measurement.
            ServerSetup setup = new ServerSetup(
                    role, ServerHost.LOOPBACK, 2, origin, List.of("-XX:TieredStopAtLevel=1"), children.directory());
            return ServerProcess.start(kind.label(), ServerCommand.of(kind, setup), children, Duration.ofSeconds(30));
        } catch (MissingServerException e) {
            throw new TestAbortedException(e.getMessage(), e);
        }
    }
}
