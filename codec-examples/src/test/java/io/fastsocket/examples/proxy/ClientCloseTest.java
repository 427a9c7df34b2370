package io.fastsocket.examples.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastsocket.transport.engine.Engine;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A client that goes away, or ends its side, while it waits for an answer; on every engine. */
@ParameterizedClass
@EnumSource(value = Engine.class, mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
@Timeout(60)
@SuppressWarnings("StringConcatToTextBlock") // text blocks end lines with LF alone, HTTP does not
final class ClientCloseTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: test\r\n\r\n";
    private static final String POST = "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\nbody";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /** Long enough that nothing comes by accident, short enough to wait for. */
    private static final int MOMENT_MILLIS = 150;

    private final Engine engine;

    ClientCloseTest(Engine engine) {
        this.engine = engine;
    }

    private RunningProxy proxy(ScriptedUpstream upstream, OnClientClose onClose, AccessLog log) throws Exception {
        return RunningProxy.start(
                engine, ProxySettings.to(List.of(upstream.upstream())).with(onClose), parts -> parts.with(log));
    }

    @ParameterizedTest
    @EnumSource(OnClientClose.class)
    void closesTheUpstreamConnectionOfAClientThatResets(OnClientClose onClose) throws Exception {
        StringWriter lines = new StringWriter();
        AccessLog log = new AccessLog(lines);
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                RunningProxy running = proxy(upstream, onClose, log)) {
            for (String request : new String[] {GET, POST}) {
                Wire client = running.client();
                client.send(request);
                Wire server = upstream.accept();
                server.head();
                client.reset();
                server.text(request.equals(POST) ? 4 : 0);
                assertThat(server.atEnd()).isTrue();
            }
        }
        log.close();
        assertThat(lines.toString().lines()).hasSize(2).allMatch(line -> line.contains(" 499 "));
    }

    @Test
    void takesAClientForGoneThatEndsItsSideWhenToldTo() throws Exception {
        StringWriter lines = new StringWriter();
        AccessLog log = new AccessLog(lines);
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                RunningProxy running = proxy(upstream, OnClientClose.ABORT, log)) {
            for (String request : new String[] {GET, POST}) {
                Wire client = running.client();
                client.send(request);
                Wire server = upstream.accept();
                server.head();
                client.close();
                server.text(request.equals(POST) ? 4 : 0);
                assertThat(server.atEnd()).isTrue();
            }
            try (Wire client = running.client()) {
                client.send(GET).endOutput();
                assertThat(client.untilEnd()).as("one that could read").isEmpty();
            }
        }
        log.close();
        assertThat(lines.toString().lines()).hasSize(3).allMatch(line -> line.contains(" 499 "));
    }

    @Test
    void takesAClientForGoneThatEndsItsSideWithinAnAnswerWhenToldTo() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                RunningProxy running = proxy(upstream, OnClientClose.ABORT, new AccessLog(new StringWriter()));
                Wire client = running.client()) {
            client.send(GET);
            Wire server = upstream.accept();
            server.head();
            server.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
            client.head();
            assertThat(client.text(4)).isEqualTo("half");
            client.endOutput();
            assertThat(server.atEnd()).isTrue();
            assertReset(client);
        }
    }

    @Test
    void resetsAnAnswerWhoseClientEndsItsSideWithinItsBody() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                RunningProxy running = proxy(upstream, OnClientClose.FINISH, new AccessLog(new StringWriter()));
                Wire client = running.client()) {
            client.send("POST / HTTP/1.0\r\nContent-Length: 10\r\n\r\nbody");
            Wire server = upstream.accept();
            server.head();
            server.send("HTTP/1.0 200 OK\r\n\r\nhalf");
            client.head();
            assertThat(client.text(4)).isEqualTo("half");
            client.endOutput();
            assertReset(client);
        }
    }

    private static void assertReset(Wire client) {
        assertThatThrownBy(client::untilEnd).isInstanceOf(IOException.class).hasMessageContaining("reset");
    }

    /** One that has closed and one that has only nothing more to send look the same. */
    @Test
    void finishesForAClientThatEndsItsSide() throws Exception {
        StringWriter lines = new StringWriter();
        AccessLog log = new AccessLog(lines);
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                RunningProxy running = proxy(upstream, OnClientClose.FINISH, log)) {
            Wire server;
            try (Wire half = running.client()) {
                half.send(GET).endOutput();
                server = upstream.accept();
                server.head();
                assertThat(server.isSilentFor(MOMENT_MILLIS)).isTrue();
                server.send(OK);
                assertThat(half.response(200)).isEqualTo("ok");
                assertThat(half.atEnd()).isTrue();
            }
            Wire gone = running.client();
            gone.send(GET);
            server.head();
            gone.close();
            assertThat(server.isSilentFor(MOMENT_MILLIS)).isTrue();
            server.send(OK);
            try (Wire next = running.client()) {
                next.send(GET);
                server.head();
                server.send(OK);
                assertThat(next.response(200)).isEqualTo("ok");
            }
        }
        log.close();
        assertThat(lines.toString().lines()).hasSize(3).allMatch(line -> line.contains(" 200 "));
    }
}
