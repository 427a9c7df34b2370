package io.fastsocket.transport.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fastsocket.affinity.system.SystemRoot;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The queue of a real listener, filled by real connections. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class ListenQueueTest {
    private static final int BACKLOG = 5;
    /** The kernel takes one more: a queue is full when it is longer than its limit. */
    private static final int FULL = BACKLOG + 1;

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final List<SocketChannel> clients = new ArrayList<>();
    private Socket listener;

    @BeforeAll
    static void loadNativeTransport() {
        Epoll.ensureAvailability();
    }

    @BeforeEach
    void open() throws IOException {
        listener = Socket.newSocketStream();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void close() throws IOException {
        for (SocketChannel client : clients) {
            client.close();
        }
        listener.close();
    }

    @Test
    void growsWithEachConnectionAndShrinksWithEachAccept() throws Exception {
        listener.listen(BACKLOG);
        for (int length = 0; length < FULL; length++) {
            assertThat(SocketOptions.listenQueue(listener)).isEqualTo(new ListenQueue(length, BACKLOG, 0));
            connect();
        }
        assertThat(SocketOptions.listenQueue(listener)).isEqualTo(new ListenQueue(FULL, BACKLOG, 0));

        for (int length = FULL - 1; length >= 0; length--) {
            new Socket(listener.accept(new byte[25])).close();
            assertThat(SocketOptions.listenQueue(listener)).isEqualTo(new ListenQueue(length, BACKLOG, 0));
        }
    }

    @Test
    void dropsWhatAFullQueueHasNoPlaceFor() throws Exception {
        listener.listen(BACKLOG);
        for (int i = 0; i < FULL; i++) {
            connect();
        }

        for (int dropped = 1; dropped <= 3; dropped++) {
            int least = dropped;
            SocketChannel waiting = SocketChannel.open();
            clients.add(waiting);
            waiting.configureBlocking(false);
            assertThat(waiting.connect(address())).isFalse();
            // Later ones repeat their SYN.
            await().atMost(DEADLINE).untilAsserted(() -> assertThat(
                            SocketOptions.listenQueue(listener).dropped())
                    .isGreaterThanOrEqualTo(least));
            assertThat(SocketOptions.listenQueue(listener).length()).isEqualTo(FULL);
        }
    }

    @Test
    void hasAtMostTheLimitOfTheSystem() throws Exception {
        int somaxconn = Integer.parseInt(SystemRoot.live()
                .value("/proc/sys/net/core/somaxconn")
                .toOptional()
                .orElseThrow());
        listener.listen(Integer.MAX_VALUE);

        assertThat(SocketOptions.listenQueue(listener)).isEqualTo(new ListenQueue(0, somaxconn, 0));
    }

    @Test
    void isAnErrorOfAClosedSocket() throws Exception {
        listener.listen(BACKLOG);
        listener.close();

        assertThatThrownBy(() -> SocketOptions.listenQueue(listener)).isInstanceOf(IOException.class);
    }

    private void connect() throws IOException {
        clients.add(SocketChannel.open(address()));
    }

    private InetSocketAddress address() {
        return listener.localAddress();
    }
}
