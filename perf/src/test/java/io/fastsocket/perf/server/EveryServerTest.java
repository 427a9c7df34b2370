package io.fastsocket.perf.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.opentest4j.TestAbortedException;

/** Every server is started as the bench does it, and must do the same work. */
@Timeout(120)
class EveryServerTest {
    private static final String TEXT = "Hello, World!";

    private final ChildProcesses children = new ChildProcesses();

    @AfterEach
    void endChildren() {
        children.close();
    }

    @ParameterizedTest
    @EnumSource
    void answersTheSame(ServerKind kind) throws Exception {
        try (ServerProcess server = start(kind)) {
            assertThat(server.about()).isNotEmpty();
            answersPipelinedRequestsAndCloses(server);
            closesAfterHttp10(server);
            answersBytes(server);
            server.requireAlive();
        }
    }

    private static void answersPipelinedRequestsAndCloses(ServerProcess server) throws Exception {
        String keep = "GET / HTTP/1.1\r\nHost: bench\r\n\r\n";
        String close = "GET / HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n";
        try (RawHttp client = new RawHttp(server.address())) {
            String responses = client.send(keep + keep + close).readToEnd().toLowerCase(Locale.ROOT);

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

    private static void closesAfterHttp10(ServerProcess server) throws Exception {
        try (RawHttp client = new RawHttp(server.address())) {
            assertThat(client.send("GET / HTTP/1.0\r\n\r\n").readToEnd()).endsWith("\r\n\r\n" + TEXT);
        }
    }

    private static void answersBytes(ServerProcess server) throws Exception {
        String request = "GET /bytes/1024 HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n";
        try (RawHttp client = new RawHttp(server.address())) {
            assertThat(client.send(request).readToEnd()).endsWith("\r\n\r\n" + "0123456789abcdef".repeat(64));
        }
    }

    private ServerProcess start(ServerKind kind) throws Exception {
        try {
            // Compilers that start fast: this is no measurement.
            ServerCommand command = ServerCommand.of(kind, 2, List.of("-XX:TieredStopAtLevel=1"), children.directory());
            return ServerProcess.start(kind.label(), command, children, Duration.ofSeconds(30));
        } catch (MissingServerException e) {
            throw new TestAbortedException(e.getMessage(), e);
        }
    }
}
