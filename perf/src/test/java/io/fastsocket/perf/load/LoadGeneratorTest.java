package io.fastsocket.perf.load;

import static io.fastsocket.perf.load.ScriptedServer.OK;
import static io.fastsocket.perf.load.ScriptedServer.OK_CLOSE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fastsocket.affinity.CpuSet;
import io.fastsocket.affinity.CpuTopology;
import io.fastsocket.transport.engine.Engine;
import io.netty.channel.epoll.Epoll;
import io.netty.incubator.channel.uring.IOUring;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** On every engine there is, against a server that this test plays. */
@ParameterizedClass
@MethodSource("engines")
@Timeout(60)
class LoadGeneratorTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final LoadGenerator generator;

    LoadGeneratorTest(Engine engine) {
        generator = new LoadGenerator(CpuTopology.read().allowed(), engine);
    }

    static Stream<Engine> engines() {
        return Stream.of(
                        Epoll.isAvailable() ? Engine.EPOLL : null,
                        IOUring.isAvailable() ? Engine.IO_URING : null,
                        Engine.NIO)
                .filter(engine -> engine != null);
    }

    @AfterEach
    void stop() {
        generator.close();
    }

    // ---- counts

    @Test
    void writesExactlyTheRequestsThatTheServerCounts() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(OK)) {
            LoadReport report = generator.run(closed(LoadWork.keepAlive(server.target()), 6, counted(1001)));

            assertAllAnswered(report, 1001);
            assertThat(server.requests()).isEqualTo(1001);
            assertThat(server.connections()).isEqualTo(6);
            assertThat(report.connects()).isEqualTo(6);
            assertThat(report.bytes()).isEqualTo(1001L * OK.length());
            assertThat(report.latency().requests()).isEqualTo(1001);
            assertThat(report.latency()).isEqualTo(report.latencyFromBegin());
            assertThat(report.loops().stream()
                            .mapToLong(LoadReport.LoopShare::answered)
                            .sum())
                    .isEqualTo(1001);
        }
    }

    @Test
    void opensAConnectionForEachRequest() throws Exception {
        try (ScriptedServer server = new ScriptedServer(peer -> {
            if (peer.readRequest()) {
                peer.write(OK_CLOSE);
            }
        })) {
            LoadReport report = generator.run(closed(LoadWork.newConnections(server.target()), 5, counted(500)));

            assertAllAnswered(report, 500);
            assertThat(server.connections()).isEqualTo(500);
            assertThat(report.connects()).isEqualTo(500);
        }
    }

    @Test
    void leavesItToTheServerToCloseFirst() throws Exception {
        AtomicInteger closedByClient = new AtomicInteger();
        try (ScriptedServer server = new ScriptedServer(peer -> {
            if (peer.readRequest()) {
                peer.write(OK_CLOSE);
                closedByClient.addAndGet(peer.endsWithin(Duration.ofMillis(50)) ? 1 : 0);
            }
        })) {
            assertAllAnswered(generator.run(closed(LoadWork.newConnections(server.target()), 8, counted(32))), 32);

            // Those that were open at the end of the run are closed by it.
            assertThat(closedByClient.get()).isLessThanOrEqualTo(8);
        }
    }

    @Test
    void keepsTheWarmUpApart() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(OK)) {
            LoadReport report = generator.run(
                    closed(LoadWork.keepAlive(server.target()), 4, counted(100).withWarmUp(Duration.ofMillis(200))));

            assertAllAnswered(report, 100);
            assertThat(report.connects()).isZero();
            assertThat(report.warmUp().connects()).isEqualTo(4);
            assertThat(report.warmUp().answered())
                    .isPositive()
                    .isEqualTo(report.warmUp().begun());
            assertThat(server.requests()).isEqualTo(100 + report.warmUp().written());
        }
    }

    @Test
    void endsAtItsTime() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(OK)) {
            LoadReport report =
                    generator.run(closed(LoadWork.keepAlive(server.target()), 4, timed(Duration.ofMillis(300))));

            assertAllAnswered(report, report.begun());
            assertThat(report.seconds()).isEqualTo(0.3);
            assertThat(server.requests()).isEqualTo(report.written()).isPositive();
        }
    }

    @Test
    void spreadsConnectionsOverSeveralTargets() throws Exception {
        try (ScriptedServer one = ScriptedServer.answering(OK);
                ScriptedServer other = ScriptedServer.answering(OK)) {
            LoadWork work = new LoadWork(List.of(one.target(), other.target()), false, 1, List.of(), true);

            LoadReport report = generator.run(new LoadPlan(work, 2_000, 8, counted(400)));

            assertAllAnswered(report, 400);
            // Those that are answered sooner are free sooner; on a busy machine, by much.
            assertThat(one.requests()).isBetween(40L, 360L);
            assertThat(one.requests() + other.requests()).isEqualTo(400);
        }
    }

    @Test
    void pipelinesRequestsAndTakesSeveralAnswersInOneRead() throws Exception {
        try (ScriptedServer server = new ScriptedServer(peer -> {
            for (int read = 1; peer.readRequest(); read++) {
                if (read % 4 == 0) {
                    peer.write(OK + OK + OK + OK);
                }
            }
        })) {
            LoadWork work = new LoadWork(List.of(server.target()), false, 4, List.of(), true);
            // Each loop gets a multiple of four, so that the server never waits for the rest of one.
            LoadReport report = generator.run(closed(work, loops(), counted(400L * loops())));

            assertAllAnswered(report, 400L * loops());
            assertThat(server.requests()).isEqualTo(400L * loops());
        }
    }

    @Test
    void takesAnswersInPieces() throws Exception {
        try (ScriptedServer server = new ScriptedServer(peer -> {
            while (peer.readRequest()) {
                peer.writeByBytes(OK);
            }
        })) {
            assertAllAnswered(generator.run(closed(LoadWork.keepAlive(server.target()), 2, counted(40))), 40);
        }
    }

    @Test
    void connectsAgainAfterAnAnswerThatCloses() throws Exception {
        try (ScriptedServer server = new ScriptedServer(peer -> {
            for (int i = 0; i < 4 && peer.readRequest(); i++) {
                peer.write(i < 3 ? OK : OK_CLOSE);
            }
        })) {
            LoadReport report =
                    generator.run(closed(LoadWork.keepAlive(server.target()), loops(), counted(40L * loops())));

            assertAllAnswered(report, 40L * loops());
            assertThat(server.connections()).isEqualTo(10 * loops());
        }
    }

    @Test
    void takesTheCloseForTheEndOfAnAnswerWithoutALength() throws Exception {
        try (ScriptedServer server = new ScriptedServer(peer -> {
            if (peer.readRequest()) {
                peer.write("HTTP/1.1 200 OK\r\n\r\nuntil the close");
            }
        })) {
            assertAllAnswered(generator.run(closed(LoadWork.newConnections(server.target()), 4, counted(50))), 50);
        }
    }

    // ---- errors

    @Test
    void countsRefusedConnections() throws Exception {
        Target nobody;
        try (ServerSocket listener = new ServerSocket(0)) {
            nobody = new Target(new InetSocketAddress("127.0.0.1", listener.getLocalPort()), "test", "/", false);
        }
        LoadReport report = generator.run(closed(LoadWork.keepAlive(nobody), 4, counted(20)));

        assertOnly(report, LoadError.REFUSED, 20);
        assertThat(report.written()).isZero();
    }

    @Test
    void countsResets() throws Exception {
        try (ScriptedServer server = new ScriptedServer(peer -> {
            peer.readRequest();
            peer.reset();
        })) {
            LoadReport report = generator.run(closed(LoadWork.keepAlive(server.target()), 4, counted(20)));

            assertOnly(report, LoadError.RESET, 20);
        }
    }

    @Test
    void countsConnectionsClosedBeforeTheAnswerWasWhole() throws Exception {
        try (ScriptedServer server = new ScriptedServer(peer -> {
            if (peer.readRequest()) {
                peer.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
            }
        })) {
            LoadReport report = generator.run(closed(LoadWork.keepAlive(server.target()), 4, counted(20)));

            assertOnly(report, LoadError.CLOSED, 20);
        }
    }

    @Test
    void countsWhatIsNotAnsweredInTime() throws Exception {
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.Peer::awaitEnd)) {
            LoadReport report = generator.run(
                    closed(LoadWork.keepAlive(server.target()), 4, counted(8).withTimeout(Duration.ofMillis(100))));

            assertOnly(report, LoadError.TIMEOUT, 8);
            assertThat(report.written()).isEqualTo(8);
        }
    }

    @Test
    void countsConnectionsWhoseSynWasLost() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                // The accept queue holds one more than its limit; with it full, a SYN is dropped.
                Socket first = new Socket(listener.getInetAddress(), listener.getLocalPort());
                Socket second = new Socket(listener.getInetAddress(), listener.getLocalPort());
                ScriptedServer server = new ScriptedServer(listener, peer -> {
                    if (peer.readRequest()) {
                        peer.write(OK_CLOSE);
                    }
                })) {
            CompletableFuture<LoadReport> report = CompletableFuture.supplyAsync(
                    () -> run(closed(LoadWork.newConnections(server.target()), loops(), counted(loops()))));
            await().atMost(LONG).until(() -> synsSent(listener.getLocalPort()) == loops());
            server.accept();

            assertAllAnswered(report.get(), loops());
            assertThat(report.get().slowConnects()).isEqualTo(loops());
            assertThat(report.get().latency().min()).isGreaterThan(Tally.SLOW_CONNECT_NANOS);
        }
    }

    @Test
    void countsWrongStatusAndGoesOnWithTheConnection() throws Exception {
        try (ScriptedServer server =
                ScriptedServer.answering("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")) {
            LoadReport report = generator.run(closed(LoadWork.keepAlive(server.target()), 4, counted(20)));

            assertOnly(report, LoadError.STATUS, 20);
            assertThat(server.connections()).isEqualTo(4);
            assertThat(report.firstFailures()).containsEntry(LoadError.STATUS, "503");
        }
    }

    @Test
    void countsWhatIsNoHttp() throws Exception {
        try (ScriptedServer server = new ScriptedServer(peer -> {
            peer.write("220 mail.example ESMTP\r\n");
            peer.awaitEnd();
        })) {
            LoadReport report = generator.run(closed(LoadWork.keepAlive(server.target()), 4, counted(20)));

            assertOnly(report, LoadError.MALFORMED, 20);
        }
    }

    @Test
    void goesOnWithTheOthersWhenSomeConnectionsFail() throws Exception {
        try (ScriptedServer server = new ScriptedServer(peer -> {
            if (!peer.readRequest()) {
                return;
            }
            if (peer.index % 4 == 0) {
                peer.reset();
            } else {
                peer.write(OK_CLOSE);
            }
        })) {
            LoadReport report = generator.run(closed(LoadWork.newConnections(server.target()), 8, counted(400)));

            assertThat(report.begun()).isEqualTo(400);
            assertThat(report.errors().get(LoadError.RESET)).isEqualTo(100);
            assertThat(report.answered()).isEqualTo(300);
        }
    }

    // ---- schedule

    @Test
    void keepsToItsRate() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(OK)) {
            LoadPlan plan = new LoadPlan(LoadWork.keepAlive(server.target()), 500, 8, timed(Duration.ofSeconds(1)));

            LoadReport report = generator.run(plan);

            assertAllAnswered(report, 500);
            assertThat(server.requests()).isEqualTo(500);
            assertThat(report.latency().min())
                    .isGreaterThanOrEqualTo(report.latencyFromBegin().min());
        }
    }

    @Test
    void countsAStallOfTheServerInEveryRequestItHoldsUp() throws Exception {
        StallOnce stall = new StallOnce(500, Duration.ofMillis(400));
        try (ScriptedServer server = new ScriptedServer(peer -> {
            while (peer.readRequest()) {
                stall.pass();
                peer.write(OK);
            }
        })) {
            LoadPlan plan =
                    new LoadPlan(LoadWork.keepAlive(server.target()), 1_000, loops(), timed(Duration.ofSeconds(2)));

            LoadReport report = generator.run(plan);

            assertAllAnswered(report, 2_000);
            // 400 of 2000 requests were due within the stall, and waited for 200 ms on average.
            assertThat(report.latency().p90()).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(150));
            assertThat(report.latency().max()).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(380));
            assertThat(report.schedule().lateForConnection()).isGreaterThan(200);
            assertThat(report.warnings()).anyMatch(warning -> warning.contains("waited over 1 ms for a free"));
            // Measured from when each began, the stall is in as many requests as there are connections.
            assertThat(report.latencyFromBegin().p90()).isLessThan(TimeUnit.MILLISECONDS.toNanos(150));
        }
    }

    @Test
    void saysWhatNeverBegan() throws Exception {
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.Peer::awaitEnd)) {
            LoadBounds bounds = timed(Duration.ofMillis(500)).withTimeout(Duration.ofMillis(200));

            LoadReport report =
                    generator.run(new LoadPlan(LoadWork.keepAlive(server.target()), 1_000, loops(), bounds));

            assertThat(report.answered()).isZero();
            assertThat(report.begun() + report.schedule().missed()).isEqualTo(500);
            assertThat(report.schedule().missed()).isPositive();
            assertThat(report.warnings()).anyMatch(warning -> warning.contains("never began"));
        }
    }

    // ---- usage

    @Test
    void saysHowBusyItsLoopsWere() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(OK)) {
            LoadReport report =
                    generator.run(closed(LoadWork.keepAlive(server.target()), 4, timed(Duration.ofMillis(500))));

            assertThat(report.loops()).hasSize(loops()).allSatisfy(loop -> {
                assertThat(loop.busyShare()).isBetween(0.0001, 1.1);
                assertThat(loop.cpu()).isNotNegative();
            });
        }
    }

    @Test
    void refusesFewerConnectionsThanLoops() throws IOException {
        try (ScriptedServer server = ScriptedServer.answering(OK)) {
            LoadPlan plan = closed(LoadWork.keepAlive(server.target()), 1, counted(1));
            if (loops() > 1) {
                assertThatThrownBy(() -> generator.run(plan))
                        .hasMessage("load: connections=1 (expected at least " + loops() + ", one for each loop)");
            }
        }
    }

    @Test
    void refusesCpusItMayNotUse() {
        assertThatThrownBy(() -> new LoadGenerator(CpuSet.parseList("0,8191"), Engine.NIO))
                .hasMessage(
                        "cannot load from CPUs 0,8191: this process may use 1 of them; fix: name others, or widen its"
                                + " cpuset");
    }

    private LoadReport run(LoadPlan plan) {
        try {
            return generator.run(plan);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Connections to a port that are waiting for the answer to their SYN (proc(5), /proc/net/tcp). */
    private static long synsSent(int port) throws IOException {
        Pattern waiting = Pattern.compile(String.format(":%04X 02 ", port));
        long count = 0;
        for (String file : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            count += Files.readString(Path.of(file))
                    .lines()
                    .filter(line -> waiting.matcher(line).find())
                    .count();
        }
        return count;
    }

    private static int loops() {
        return CpuTopology.read().allowed().size();
    }

    private static LoadBounds counted(long requests) {
        return LoadBounds.of(LONG).withRequestsMax(requests);
    }

    private static LoadBounds timed(Duration duration) {
        return LoadBounds.of(duration);
    }

    private static LoadPlan closed(LoadWork work, int connections, LoadBounds bounds) {
        return new LoadPlan(work, LoadPlan.CLOSED_LOOP, connections, bounds);
    }

    private static void assertAllAnswered(LoadReport report, long requests) {
        assertThat(report.firstFailures()).isEmpty();
        assertThat(report.failed()).isZero();
        assertThat(report.begun()).isEqualTo(requests);
        assertThat(report.written()).isEqualTo(requests);
        assertThat(report.answered()).isEqualTo(requests);
        assertThat(report.schedule().missed()).isZero();
    }

    private static void assertOnly(LoadReport report, LoadError error, long requests) {
        assertThat(report.errors()).as("%s", report.firstFailures()).containsEntry(error, requests);
        assertThat(report.failed()).isEqualTo(requests);
        assertThat(report.begun()).isEqualTo(requests);
        assertThat(report.answered()).isZero();
        assertThat(report.firstFailures()).containsOnlyKeys(error);
    }

    /** Holds up everybody from one request on, for a time. */
    private static final class StallOnce {
        private final long afterRequests;
        private final Duration duration;
        private long requests;

        StallOnce(long afterRequests, Duration duration) {
            this.afterRequests = afterRequests;
            this.duration = duration;
        }

        synchronized void pass() throws InterruptedException {
            if (++requests == afterRequests) {
                // The stall is what the test is about.
                Thread.sleep(duration.toMillis());
            }
        }
    }
}
