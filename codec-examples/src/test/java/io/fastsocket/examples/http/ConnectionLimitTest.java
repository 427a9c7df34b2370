package io.fastsocket.examples.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fastsocket.examples.connections.ConnectionGate.Limit;
import io.fastsocket.examples.connections.ConnectionLimits;
import io.fastsocket.transport.engine.Engine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How many connections clients may have, on every engine. */
@Timeout(60)
final class ConnectionLimitTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: test\r\n\r\n";
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private static RunningServer start(Engine engine, int total, int perAddress) throws IOException {
        return RunningServer.start(
                engine, HttpServerSettings.DEFAULT.withConnections(new ConnectionLimits(total, perAddress)), 2);
    }

    private static RawClient clientFrom(String address, int port) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(address, 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10_000);
        return new RawClient(socket);
    }

    private static void assertServed(RawClient client) throws IOException {
        assertThat(client.send(GET).response().status()).isEqualTo(200);
    }

    private static void assertReset(RawClient client) {
        assertThatThrownBy(() -> {
                    client.send(GET).response();
                })
                .isInstanceOf(IOException.class)
                .hasMessageMatching("(?i).*(reset|broken pipe).*");
    }

    @ParameterizedTest
    @EnumSource(value = Engine.class, mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void resetsTheConnectionAboveTheLimitUntilAnotherEnds(Engine engine) throws Exception {
        List<RawClient> clients = new ArrayList<>();
        try (RunningServer running = start(engine, 3, 0)) {
            for (int i = 0; i < 3; i++) {
                clients.add(running.client());
                assertServed(clients.get(i));
            }
            try (RawClient fourth = running.client()) {
                assertReset(fourth);
            }
            assertThat(running.server().gate().refused(Limit.TOTAL)).isEqualTo(1);
            clients.get(0).close();
            await().atMost(DEADLINE).until(() -> running.server().gate().entries() == 2);
            try (RawClient next = running.client()) {
                assertServed(next);
            }
            for (RawClient client : clients) {
                client.close();
            }
            await().atMost(DEADLINE).until(() -> running.server().gate().entries() == 0);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Engine.class, mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void countsAnAddressOverAllLoopsAndForgetsItWhenItHasNone(Engine engine) throws Exception {
        List<RawClient> clients = new ArrayList<>();
        try (RunningServer running = start(engine, 0, 8)) {
            for (int i = 0; i < 8; i++) {
                clients.add(running.client());
                assertServed(clients.get(i));
            }
            for (int i = 0; i < 8; i++) {
                try (RawClient oneMore = running.client()) {
                    assertReset(oneMore);
                }
            }
            try (RawClient other = clientFrom("127.0.0.2", running.port())) {
                assertServed(other);
                assertThat(running.server().gate().entries()).isEqualTo(2);
            }
            assertThat(running.server().gate().refused(Limit.ADDRESS)).isEqualTo(8);
            assertThat(running.server().gate().refused(Limit.TOTAL)).isZero();
            for (RawClient client : clients) {
                client.close();
            }
            await().atMost(DEADLINE).until(() -> running.server().gate().entries() == 0);
        }
    }
}
