package io.fastsocket.examples.tcpproxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fastsocket.examples.connections.ConnectionLimits;
import io.fastsocket.examples.fault.CapturedLog;
import io.fastsocket.examples.fault.Fault;
import io.fastsocket.examples.fault.Side;
import io.fastsocket.examples.upstream.Upstream;
import io.fastsocket.transport.engine.Engine;
import io.netty.channel.ChannelException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the two ends of a proxied connection see, over real sockets, on every engine. */
@ParameterizedClass
@EnumSource(value = Engine.class, mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
@Timeout(60)
final class TcpProxyTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final Engine engine;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private ServerSocket server;
    private TcpProxySettings settings;

    TcpProxyTest(Engine engine) {
        this.engine = engine;
    }

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 50, LOOPBACK);
        server.setSoTimeout(20_000);
        opened.add(server);
        settings = TcpProxySettings.of(List.of(at(server.getLocalPort())));
    }

    @AfterEach
    void stop() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    private static Upstream at(int port) {
        return new Upstream("127.0.0.1", port);
    }

    private RunningProxy proxy() throws IOException {
        return proxy(settings);
    }

    private RunningProxy proxy(TcpProxySettings wished) throws IOException {
        RunningProxy proxy = RunningProxy.start(engine, 1, wished);
        opened.add(proxy);
        return proxy;
    }

    private Socket client(RunningProxy proxy) throws IOException {
        Socket client = proxy.client();
        opened.add(client);
        return client;
    }

    private Socket accept() throws IOException {
        Socket accepted = server.accept();
        accepted.setSoTimeout(20_000);
        opened.add(accepted);
        return accepted;
    }

    private static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    private static void assertReset(Socket socket) {
        assertThatThrownBy(() -> socket.getInputStream().read())
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
    }

    /** A reset may be there before the client's connect has returned. */
    private void assertRefused(RunningProxy proxy) {
        assertThatThrownBy(() -> client(proxy).getInputStream().read())
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
    }

    // ---- bytes

    private static final int MEBIBYTES = 64;

    private static CompletableFuture<String> send(Socket socket, long seed) {
        return send(socket, seed, new AtomicInteger());
    }

    private static CompletableFuture<String> send(Socket socket, long seed, AtomicInteger sentMebibytes) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                OutputStream out = socket.getOutputStream();
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                Random random = new Random(seed);
                byte[] block = new byte[1 << 20];
                for (int i = 0; i < MEBIBYTES; i++) {
                    random.nextBytes(block);
                    digest.update(block);
                    out.write(block);
                    sentMebibytes.incrementAndGet();
                }
                socket.shutdownOutput();
                return HexFormat.of().formatHex(digest.digest());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static CompletableFuture<String> receive(Socket socket) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                InputStream in = socket.getInputStream();
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                byte[] block = new byte[1 << 16];
                for (int read = in.read(block); read >= 0; read = in.read(block)) {
                    digest.update(block, 0, read);
                }
                return HexFormat.of().formatHex(digest.digest());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void carriesEveryByteInBothDirectionsAtOnce() throws Exception {
        Socket client = client(proxy());
        Socket upstream = accept();
        CompletableFuture<String> atUpstream = receive(upstream);
        CompletableFuture<String> atClient = receive(client);
        CompletableFuture<String> fromClient = send(client, 1);
        CompletableFuture<String> fromUpstream = send(upstream, 2);
        assertThat(atUpstream.get(40, TimeUnit.SECONDS)).isEqualTo(fromClient.get(40, TimeUnit.SECONDS));
        assertThat(atClient.get(40, TimeUnit.SECONDS)).isEqualTo(fromUpstream.get(40, TimeUnit.SECONDS));
    }

    // ---- ends

    @Test
    void keepsTheWayBackOpenAfterTheClientEnds() throws Exception {
        RunningProxy proxy = proxy();
        Socket client = client(proxy);
        Socket upstream = accept();
        client.getOutputStream().write("question".getBytes(ISO_8859_1));
        client.shutdownOutput();
        assertThat(new String(upstream.getInputStream().readAllBytes(), ISO_8859_1))
                .isEqualTo("question");
        upstream.getOutputStream().write("answer".getBytes(ISO_8859_1));
        upstream.close();
        assertThat(new String(client.getInputStream().readAllBytes(), ISO_8859_1))
                .isEqualTo("answer");
        awaitNoneActive(proxy);
    }

    @Test
    void keepsTheWayThereOpenAfterTheUpstreamEnds() throws Exception {
        RunningProxy proxy = proxy();
        Socket client = client(proxy);
        Socket upstream = accept();
        upstream.getOutputStream().write("greeting".getBytes(ISO_8859_1));
        upstream.shutdownOutput();
        assertThat(new String(client.getInputStream().readAllBytes(), ISO_8859_1))
                .isEqualTo("greeting");
        client.getOutputStream().write("farewell".getBytes(ISO_8859_1));
        client.close();
        assertThat(new String(upstream.getInputStream().readAllBytes(), ISO_8859_1))
                .isEqualTo("farewell");
        awaitNoneActive(proxy);
    }

    @Test
    void carriesWhatWasSentBeforeThereWasAnUpstream() throws Exception {
        Socket client = client(proxy());
        client.getOutputStream().write("early".getBytes(ISO_8859_1));
        client.shutdownOutput();
        assertThat(new String(accept().getInputStream().readAllBytes(), ISO_8859_1))
                .isEqualTo("early");
    }

    @Test
    void resetsTheUpstreamWhenTheClientResets() throws Exception {
        RunningProxy proxy = proxy();
        Socket client = client(proxy);
        Socket upstream = accept();
        client.getOutputStream().write(1);
        assertThat(upstream.getInputStream().read()).isEqualTo(1);
        reset(client);
        assertReset(upstream);
        awaitNoneActive(proxy);
    }

    @Test
    void resetsTheClientWhenTheUpstreamResets() throws Exception {
        RunningProxy proxy = proxy();
        Socket client = client(proxy);
        Socket upstream = accept();
        upstream.getOutputStream().write(1);
        assertThat(client.getInputStream().read()).isEqualTo(1);
        reset(upstream);
        assertReset(client);
        awaitNoneActive(proxy);
    }

    @ParameterizedTest
    @ValueSource(ints = {300_000, 5 << 20})
    void passesOnWhatAnUpstreamSaidBeforeItClosedOnAClientThatSends(int bytes) throws Exception {
        RunningProxy proxy = proxy();
        for (int i = 0; i < 10; i++) {
            try (Socket client = client(proxy);
                    Socket upstream = accept()) {
                CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                    try {
                        client.getOutputStream().write(new byte[bytes]);
                    } catch (IOException reset) {
                        // As by the upstream itself.
                    }
                });
                assertThat(upstream.getInputStream().read()).isZero();
                upstream.getOutputStream().write("no more of this".getBytes(ISO_8859_1));
                // The kernel resets: there is something unread.
                upstream.close();
                sent.get(20, TimeUnit.SECONDS);
                assertThat(new String(client.getInputStream().readNBytes(15), ISO_8859_1))
                        .isEqualTo("no more of this");
            }
        }
        awaitNoneActive(proxy);
    }

    /** Both sides are open, the client holds little of what it does not read. */
    private Socket slowClient(RunningProxy proxy) throws IOException {
        Socket client = new Socket();
        opened.add(client);
        client.setReceiveBufferSize(16 << 10);
        client.setSoTimeout(20_000);
        client.connect(proxy.proxy().address(), 5_000);
        return client;
    }

    /** One loop: it has seen what was sent before, in one of its rounds. */
    private static void rounds(Socket client, Socket upstream) throws IOException {
        for (int i = 0; i < 50; i++) {
            client.getOutputStream().write(i);
            assertThat(upstream.getInputStream().read()).isEqualTo(i);
        }
    }

    @Test
    void passesOnInOrderWhatAnUpstreamSaidThatEndedAndTakesNoMore() throws Exception {
        RunningProxy proxy = proxy();
        Socket witness = client(proxy);
        Socket witnessed = accept();
        try (Socket client = slowClient(proxy);
                Socket upstream = accept()) {
            // Less than a write buffer, so all of it is read, and more than the client's socket holds.
            upstream.getOutputStream().write(new byte[60_000]);
            upstream.shutdownOutput();
            rounds(witness, witnessed);
            upstream.close();
            for (int i = 0; i < 5; i++) {
                client.getOutputStream().write(1);
                rounds(witness, witnessed);
            }
            assertThat(client.getInputStream().readAllBytes()).hasSize(60_000);
        }
        witness.close();
        witnessed.close();
        awaitNoneActive(proxy);
    }

    @Test
    void passesOnWhatAnUpstreamSaidBeforeItClosedOnAClientThatEndsMeanwhile() throws Exception {
        RunningProxy proxy = proxy();
        try (Socket client = client(proxy);
                Socket upstream = accept()) {
            client.getOutputStream().write(new byte[2]);
            assertThat(upstream.getInputStream().read()).isZero();
            proxy.whileTheLoopIsBusy(() -> {
                client.getOutputStream().write(1);
                client.shutdownOutput();
                upstream.getOutputStream().write("no more of this".getBytes(ISO_8859_1));
                // The kernel resets: there is something unread.
                upstream.close();
                return null;
            });
            assertThat(new String(client.getInputStream().readNBytes(15), ISO_8859_1))
                    .isEqualTo("no more of this");
        }
        awaitNoneActive(proxy);
    }

    @Test
    void resetsBothWhenNothingMovesForTooLong() throws Exception {
        Socket client = client(proxy(new TcpProxySettings(
                settings.upstreams(),
                Duration.ofSeconds(1),
                3,
                Duration.ofMillis(300),
                0,
                false,
                Duration.ofSeconds(1),
                false)));
        Socket upstream = accept();
        assertReset(client);
        assertReset(upstream);
    }

    private static void awaitNoneActive(RunningProxy proxy) {
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            TcpProxyStats stats = proxy.proxy().stats();
            assertThat(stats.active() + stats.connected()).as("%s", stats).isZero();
        });
    }

    // ---- back-pressure

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void readsNoMoreThanTheOtherSideTakes(boolean fromClient) throws Exception {
        Socket client = client(proxy());
        Socket upstream = accept();
        Socket sender = fromClient ? client : upstream;
        Socket reader = fromClient ? upstream : client;
        AtomicInteger sentMebibytes = new AtomicInteger();
        CompletableFuture<String> sending = send(sender, 3, sentMebibytes);
        await().atMost(Duration.ofSeconds(30)).until(standsStill(sentMebibytes));
        // What was sent lies in the socket buffers of two connections, 6 MiB at most each way, and in the proxy.
        assertThat(sentMebibytes.get()).as("MiB sent though nobody reads").isLessThan(32);
        assertThat(receive(reader).get(40, TimeUnit.SECONDS)).isEqualTo(sending.get(40, TimeUnit.SECONDS));
    }

    /** Whether a count has been the same for a second. */
    private static Callable<Boolean> standsStill(AtomicInteger count) {
        AtomicInteger last = new AtomicInteger(-1);
        AtomicLong since = new AtomicLong();
        return () -> {
            int now = count.get();
            if (last.getAndSet(now) != now) {
                since.set(System.nanoTime());
            }
            return System.nanoTime() - since.get() > TimeUnit.SECONDS.toNanos(1);
        };
    }

    // ---- peers that do wrong

    @ParameterizedTest
    @CsvSource({"CLIENT", "UPSTREAM"})
    void countsAResetAndLogsNothing(Side side) throws Exception {
        try (CapturedLog log = new CapturedLog()) {
            RunningProxy proxy = proxy();
            Socket client = client(proxy);
            Socket upstream = accept();
            client.getOutputStream().write(1);
            assertThat(upstream.getInputStream().read()).isEqualTo(1);

            reset(side == Side.CLIENT ? client : upstream);

            assertReset(side == Side.CLIENT ? upstream : client);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> proxy.proxy().faults().count(side, Fault.RESET) == 1);
            assertThat(log.lines()).isEmpty();
        }
    }

    // ---- connecting

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void turnsToAnotherUpstreamWhenOneIsDown() throws Exception {
        RunningProxy proxy =
                proxy(TcpProxySettings.of(List.of(at(freePort()), at(server.getLocalPort()), at(freePort()))));
        for (int i = 0; i < 30; i++) {
            try (Socket client = proxy.client();
                    Socket upstream = accept()) {
                client.getOutputStream().write(i);
                assertThat(upstream.getInputStream().read()).isEqualTo(i);
            }
        }
        assertThat(proxy.proxy().stats().unserved()).isZero();
        // Once down, an upstream is left alone for a second, then two.
        assertThat(proxy.proxy().stats().connectFailures()).isLessThan(15);
    }

    @Test
    void resetsTheClientAtOnceWhenAllUpstreamsAreDown() throws Exception {
        RunningProxy proxy = proxy(TcpProxySettings.of(List.of(at(freePort()), at(freePort()))));
        long begin = System.nanoTime();
        assertRefused(proxy);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(proxy.proxy().stats()).isEqualTo(new TcpProxyStats(1, 0, 0, 0, 2, 1)));
    }

    @Test
    void triesNoMoreUpstreamsThanItMay() throws Exception {
        RunningProxy proxy = proxy(new TcpProxySettings(
                List.of(at(freePort()), at(freePort()), at(freePort())),
                Duration.ofSeconds(1),
                2,
                Duration.ZERO,
                0,
                false,
                Duration.ofSeconds(1),
                false));
        assertRefused(proxy);
        assertThat(proxy.proxy().stats().connectFailures()).isEqualTo(2);
    }

    @Test
    void resetsClientsAboveTheLimitOfTheirLoop() throws Exception {
        RunningProxy proxy = proxy(new TcpProxySettings(
                settings.upstreams(), Duration.ofSeconds(1), 1, Duration.ZERO, 1, false, Duration.ofSeconds(1), false));
        Socket first = client(proxy);
        accept();
        assertRefused(proxy);
        assertThat(proxy.proxy().stats().refused()).isEqualTo(1);
        reset(first);
        awaitNoneActive(proxy);
        Socket third = client(proxy);
        third.getOutputStream().write(3);
        assertThat(accept().getInputStream().read()).isEqualTo(3);
    }

    @Test
    void countsClientsAboveTheLimitOfTheAddressInTheirHeader() throws Exception {
        RunningProxy proxy = proxy(new TcpProxySettings(
                        settings.upstreams(),
                        Duration.ofSeconds(1),
                        1,
                        Duration.ZERO,
                        0,
                        true,
                        Duration.ofSeconds(1),
                        false)
                .withConnections(new ConnectionLimits(0, 1)));
        byte[] header = "PROXY TCP4 192.0.2.1 127.0.0.1 1000 80\r\n".getBytes(ISO_8859_1);
        client(proxy).getOutputStream().write(header);
        accept();
        Socket second = client(proxy);
        second.getOutputStream().write(header);
        assertThatThrownBy(() -> second.getInputStream().read())
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
        await().until(() -> proxy.proxy().stats().refused() == 1);
    }

    // ---- drain

    @Test
    void letsConnectionsEndByThemselvesWithinTheBoundOfAStop() throws Exception {
        RunningProxy proxy = proxy();
        Socket client = client(proxy);
        Socket upstream = accept();
        CompletableFuture<Boolean> stopping = stop(proxy, Duration.ofSeconds(20));
        awaitNoListener(proxy);
        client.getOutputStream().write("still".getBytes(ISO_8859_1));
        client.close();
        assertThat(new String(upstream.getInputStream().readAllBytes(), ISO_8859_1))
                .isEqualTo("still");
        assertThat(stopping.isDone()).isFalse();
        upstream.close();
        assertThat(stopping.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void resetsWhatIsLeftAfterTheBoundOfAStop() throws Exception {
        RunningProxy proxy = proxy();
        Socket client = client(proxy);
        Socket upstream = accept();
        assertThat(stop(proxy, Duration.ofMillis(200)).get(10, TimeUnit.SECONDS))
                .isFalse();
        assertReset(client);
        assertReset(upstream);
    }

    private static CompletableFuture<Boolean> stop(RunningProxy proxy, Duration bound) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return proxy.proxy().stop(bound);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static void awaitNoListener(RunningProxy proxy) {
        await().atMost(Duration.ofSeconds(10)).until(() -> {
            try (Socket socket = new Socket()) {
                socket.connect(proxy.proxy().address(), 1000);
                return false;
            } catch (IOException e) {
                return true;
            }
        });
    }

    // ---- PROXY protocol

    private static final byte[] SIGNATURE = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a");

    private TcpProxySettings headers(boolean in, boolean out) {
        return new TcpProxySettings(
                settings.upstreams(),
                Duration.ofSeconds(1),
                3,
                Duration.ofSeconds(30),
                0,
                in,
                Duration.ofMillis(400),
                out);
    }

    private static byte[] v2(int command, int family, byte[] addresses) {
        return ByteBuffer.allocate(16 + addresses.length)
                .put(SIGNATURE)
                .put((byte) (0x20 | command))
                .put((byte) family)
                .putShort((short) addresses.length)
                .put(addresses)
                .array();
    }

    private static byte[] addresses(String client, String destination, int clientPort, int destinationPort)
            throws IOException {
        byte[] from = InetAddress.getByName(client).getAddress();
        return ByteBuffer.allocate(2 * from.length + 4)
                .put(from)
                .put(InetAddress.getByName(destination).getAddress())
                .putShort((short) clientPort)
                .putShort((short) destinationPort)
                .array();
    }

    @Test
    void tellsTheUpstreamWhoTheClientIs() throws Exception {
        Socket client = client(proxy(headers(false, true)));
        client.getOutputStream().write('x');
        byte[] expected = v2(1, 0x11, addresses("127.0.0.1", "127.0.0.1", client.getLocalPort(), client.getPort()));
        InputStream in = accept().getInputStream();
        assertThat(in.readNBytes(expected.length)).isEqualTo(expected);
        assertThat(in.read()).isEqualTo('x');
    }

    @Test
    void tellsTheUpstreamWhoTheClientIsOverIpv6() throws Exception {
        InetAddress v6 = InetAddress.getByName("::1");
        RunningProxy proxy = RunningProxy.start(engine, 1, v6, headers(false, true));
        opened.add(proxy);
        Socket client = client(proxy);
        byte[] expected = v2(1, 0x21, addresses("::1", "::1", client.getLocalPort(), client.getPort()));
        assertThat(accept().getInputStream().readNBytes(expected.length)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.1, 198.51.100.2, 17", "2001:db8::1, 2001:db8::2, 33"})
    void passesOnTheClientItWasToldOf(String from, String to, int family) throws Exception {
        Socket client = client(proxy(headers(true, true)));
        byte[] header = v2(1, family, addresses(from, to, 40_000, 443));
        client.getOutputStream().write(header);
        client.getOutputStream().write("behind".getBytes(ISO_8859_1));
        client.shutdownOutput();
        InputStream in = accept().getInputStream();
        assertThat(in.readNBytes(header.length)).isEqualTo(header);
        assertThat(new String(in.readAllBytes(), ISO_8859_1)).isEqualTo("behind");
    }

    @Test
    void readsAHeaderByteByByte() throws Exception {
        Socket client = client(proxy(headers(true, false)));
        client.setTcpNoDelay(true);
        for (byte next : v2(1, 0x11, addresses("192.0.2.1", "192.0.2.2", 1, 2))) {
            client.getOutputStream().write(next);
        }
        client.getOutputStream().write("body".getBytes(ISO_8859_1));
        client.shutdownOutput();
        assertThat(new String(accept().getInputStream().readAllBytes(), ISO_8859_1))
                .isEqualTo("body");
    }

    @Test
    void carriesALargeBodyBehindAHeader() throws Exception {
        Socket client = client(proxy(headers(true, false)));
        client.getOutputStream().write(v2(1, 0x11, addresses("192.0.2.1", "192.0.2.2", 1, 2)));
        CompletableFuture<String> sending = send(client, 5);
        assertThat(receive(accept()).get(40, TimeUnit.SECONDS)).isEqualTo(sending.get(40, TimeUnit.SECONDS));
    }

    @Test
    void takesTheConnectionsOwnAddressesWhereTheProxyInFrontSpeaksForItself() throws Exception {
        Socket client = client(proxy(headers(true, true)));
        client.getOutputStream().write(v2(0, 0, new byte[0]));
        byte[] expected = v2(1, 0x11, addresses("127.0.0.1", "127.0.0.1", client.getLocalPort(), client.getPort()));
        assertThat(accept().getInputStream().readNBytes(expected.length)).isEqualTo(expected);
    }

    @Test
    void readsAHeaderOfVersion1() throws Exception {
        Socket client = client(proxy(headers(true, true)));
        client.getOutputStream().write("PROXY TCP4 192.0.2.1 192.0.2.2 7 8\r\n".getBytes(ISO_8859_1));
        byte[] expected = v2(1, 0x11, addresses("192.0.2.1", "192.0.2.2", 7, 8));
        assertThat(accept().getInputStream().readNBytes(expected.length)).isEqualTo(expected);
    }

    private static Stream<Arguments> malformed() {
        return Stream.of(
                Arguments.of("no header", "GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(ISO_8859_1)),
                Arguments.of("no addresses", "PROXY TCP4 a b 7 8\r\n".getBytes(ISO_8859_1)),
                Arguments.of("version 3", patched(12, 0x31)),
                Arguments.of("no such command", patched(12, 0x22)),
                Arguments.of("no such family", patched(13, 0x41)),
                Arguments.of("addresses too short", v2(1, 0x11, new byte[4])),
                Arguments.of("too long", v2(1, 0x11, new byte[4000])));
    }

    private static byte[] patched(int index, int value) {
        byte[] header = v2(1, 0x11, new byte[12]);
        header[index] = (byte) value;
        return header;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void closesAClientWhoseHeaderIsMalformed(String what, byte[] sent) throws Exception {
        RunningProxy proxy = proxy(headers(true, false));
        Socket client = client(proxy);
        client.getOutputStream().write(sent);
        assertThat(endOf(client)).as(what).isTrue();
        awaitNoneActive(proxy);
        server.setSoTimeout(100);
        assertThatThrownBy(this::accept).as("an upstream was asked").isInstanceOf(IOException.class);
    }

    @Test
    void closesAClientWhoseHeaderIsSlow() throws Exception {
        RunningProxy proxy = proxy(headers(true, false));
        Socket client = client(proxy);
        client.getOutputStream().write(SIGNATURE);
        assertThat(endOf(client)).isTrue();
        awaitNoneActive(proxy);
    }

    @Test
    void closesAClientThatEndsWithinItsHeader() throws Exception {
        RunningProxy proxy = proxy(headers(true, false));
        Socket client = client(proxy);
        client.getOutputStream().write(SIGNATURE);
        client.shutdownOutput();
        assertThat(endOf(client)).isTrue();
        awaitNoneActive(proxy);
    }

    /** Whether the connection is over, in whichever way. */
    private static boolean endOf(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    // ---- settings

    @Test
    void refusesSettingsOutOfRange() {
        assertThatThrownBy(() -> TcpProxySettings.of(List.of()))
                .hasMessage("cannot make a TCP proxy: upstreams=[] (expected at least one): it is out of range;"
                        + " fix: give a value in it");
        assertThatThrownBy(() -> TcpProxySettings.of(List.of(at(1), at(1))))
                .hasMessageContaining("upstreams=[127.0.0.1:1, 127.0.0.1:1] (expected each once)");
    }

    @Test
    void connectsToAnUpstreamByName() throws Exception {
        Socket client = client(proxy(TcpProxySettings.of(List.of(new Upstream("localhost", server.getLocalPort())))));
        client.getOutputStream().write(9);
        assertThat(accept().getInputStream().read()).isEqualTo(9);
    }

    @Test
    void hasNothingOpenAfterManyConnections() throws Exception {
        RunningProxy proxy = proxy();
        for (int i = 0; i < 200; i++) {
            try (SocketChannel client = SocketChannel.open(proxy.proxy().address());
                    Socket upstream = accept()) {
                if (i % 3 == 0) {
                    reset(client.socket());
                } else if (i % 3 == 1) {
                    client.shutdownOutput();
                    upstream.close();
                }
            }
        }
        awaitNoneActive(proxy);
        assertThat(proxy.proxy().stats().clients()).isEqualTo(200);
    }

    /** As when this process has no file descriptor left. */
    @Test
    void staysOnItsLoopWhenItCannotOpenASocket() throws Exception {
        ServerSocket other = new ServerSocket(0, 50, LOOPBACK);
        opened.add(other);
        other.setSoTimeout(20_000);
        Queue<Thread> callers = new ConcurrentLinkedQueue<>();
        TcpProxySettings two = TcpProxySettings.of(List.of(at(server.getLocalPort()), at(other.getLocalPort())));
        RunningProxy proxy = RunningProxy.start(engine, 1, LOOPBACK, two, channels -> () -> {
            callers.add(Thread.currentThread());
            throw new ChannelException("socket(): too many open files");
        });
        opened.add(proxy);
        assertRefused(proxy);
        assertThat(callers).hasSize(2);
        assertThat(Set.copyOf(callers)).hasSize(1);
        assertThat(proxy.proxy().stats().connectFailures()).isEqualTo(2);
        assertThat(proxy.proxy().stats().unserved()).isEqualTo(1);
    }
}
