package io.fastsocket.perf.churn;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.affinity.CpuTopology;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against a listener that this test plays itself. */
@Timeout(60)
class ChurnLoadTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @Test
    void countsConnectionsThatSucceedAndThoseThatFail() throws Exception {
        try (ServerSocket listener = listener();
                ChurnLoad load = load(listener)) {
            answerEveryThirdWithNothing(listener);

            ChurnTally tally = load.run(300, LONG);

            assertThat(tally.succeeded()).isEqualTo(200);
            assertThat(tally.failures()).isEqualTo(Map.of("EOFException: closed without a response", 100L));
        }
    }

    @Test
    void countsEveryConnectionAsFailedWhenNobodyListens() throws Exception {
        ServerSocket listener = listener();
        listener.close();
        try (ChurnLoad load = load(listener)) {
            ChurnTally tally = load.run(50, LONG);

            assertThat(tally.succeeded()).isZero();
            assertThat(tally.failures()).isEqualTo(Map.of("ConnectException: Connection refused", 50L));
        }
    }

    @Test
    void countsWhatIsNotDoneWithinTheLimitAsFailed() throws Exception {
        // It accepts in the backlog and never answers.
        try (ServerSocket listener = listener();
                ChurnLoad load = load(listener)) {
            ChurnTally tally = load.run(10, Duration.ofMillis(200));

            assertThat(tally.succeeded()).isZero();
            assertThat(tally.failed()).isEqualTo(10);
        }
    }

    private static ServerSocket listener() throws IOException {
        return new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    }

    private static ChurnLoad load(ServerSocket listener) {
        InetSocketAddress server = (InetSocketAddress) listener.getLocalSocketAddress();
        return new ChurnLoad(server, CpuTopology.read().allowed(), 2);
    }

    private static void answerEveryThirdWithNothing(ServerSocket listener) {
        byte[] response = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII);
        Thread server = new Thread(() -> {
            for (int i = 0; !listener.isClosed(); i++) {
                try (var connection = listener.accept()) {
                    // The request is read first: closing with bytes unread would reset the connection.
                    connection.getInputStream().read(new byte[4096]);
                    if (i % 3 != 0) {
                        connection.getOutputStream().write(response);
                    }
                } catch (IOException e) {
                    // The test has closed the listener.
                }
            }
        });
        server.setDaemon(true);
        server.start();
    }
}
