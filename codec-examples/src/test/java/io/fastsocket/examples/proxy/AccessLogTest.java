package io.fastsocket.examples.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.examples.upstream.Upstream;
import io.fastsocket.transport.engine.Engine;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A line per request, and a loop that never waits for it. */
@Timeout(60)
@SuppressWarnings("StringConcatToTextBlock") // text blocks end lines with LF alone, HTTP does not
final class AccessLogTest {
    private static final String MOMENT = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z ";

    private static AccessEntry entry(String target) {
        return new AccessEntry(
                1_700_000_000_123L,
                new InetSocketAddress("::1", 5),
                "GET",
                target,
                200,
                1,
                2,
                new Upstream("h", 1),
                1_234_567,
                true,
                Locality.LOCAL);
    }

    @Test
    void writesTheFieldsInAFixedOrder() {
        assertThat(entry("/x").line())
                .isEqualTo("2023-11-14T22:13:20.123Z [0:0:0:0:0:0:0:1]:5 GET /x 200 in=1 out=2 upstream=h:1 ms=1.235"
                        + " reused=yes local=yes");
    }

    @ParameterizedTest
    @EnumSource(value = Engine.class, mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void tellsOfEachRequestWhatBecameOfIt(Engine engine) throws Exception {
        StringWriter lines = new StringWriter();
        AccessLog log = new AccessLog(lines);
        String server;
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                RunningProxy running = RunningProxy.start(
                        engine, ProxySettings.to(List.of(upstream.upstream())), parts -> parts.with(log));
                Wire client = running.client()) {
            server = upstream.upstream().toString();
            client.send("POST /a?b=c HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\n\r\nabc");
            Wire connection = upstream.accept();
            connection.head();
            assertThat(connection.text(3)).isEqualTo("abc");
            connection.send("HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok");
            client.response(201);
            client.send("GET /gone HTTP/1.1\r\nHost: test\r\n\r\n");
            connection.head();
            client.reset();
            assertThat(connection.atEnd()).isTrue();
            try (Wire bad = running.client()) {
                bad.send("GET /bad HTTP/1.1\r\n\r\n");
                bad.response(400);
            }
            try (Wire bad = running.client()) {
                bad.send("no request\r\n\r\n");
                bad.response(400);
            }
        }
        log.close();
        assertThat(lines.toString().lines().map(line -> line.replaceFirst(MOMENT, "")
                        .replaceAll("ms=\\d+\\.\\d{3}", "ms=")
                        .replaceAll("127.0.0.1:\\d+ (?=[A-Z-])", "")))
                .containsExactly(
                        "POST /a?b=c 201 in=3 out=2 upstream=" + server + " ms= reused=no local=-",
                        "GET /gone 499 in=0 out=0 upstream=" + server + " ms= reused=yes local=-",
                        "GET /bad 400 in=0 out=0 upstream=- ms= reused=- local=-",
                        "- - 400 in=0 out=0 upstream=- ms= reused=- local=-");
        assertThat(log.dropped()).isZero();
    }

    @Test
    void dropsAndCountsWhatTheWriterCannotKeepUpWith() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        StringWriter lines = new StringWriter();
        Writer slow = new Writer() {
            @Override
            public void write(char[] chars, int offset, int length) throws IOException {
                stuck.countDown();
                try {
                    if (!goOn.await(10, TimeUnit.SECONDS)) {
                        throw new IOException("nobody lets go");
                    }
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                lines.write(chars, offset, length);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        AccessLog log = new AccessLog(slow, false, 4);
        log.offer(entry("/0"));
        assertThat(stuck.await(10, TimeUnit.SECONDS)).isTrue();
        for (int i = 1; i <= 10; i++) {
            log.offer(entry("/" + i));
        }
        assertThat(log.dropped()).isEqualTo(6);
        goOn.countDown();
        log.close();
        assertThat(lines.toString()).hasLineCount(6).endsWith("# 6 requests not logged\n");
    }

    @Test
    void addsToTheEndOfAFile(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("access.log");
        for (int i = 0; i < 2; i++) {
            AccessLog log = AccessLog.to(file);
            log.offer(entry("/" + i));
            log.close();
        }
        assertThat(Files.readAllLines(file)).hasSize(2);
    }
}
