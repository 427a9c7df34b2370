package io.fastsocket.perf.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** On a clock of its own, a loop that runs nothing by itself, and connections that never come to stand. */
class LoopLoadTest {
    private static final int REQUESTS_PER_SECOND = 1_000;
    private static final long START = Long.MAX_VALUE - TimeUnit.MILLISECONDS.toNanos(500);

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private long now = START;

    @Test
    void beginsEachRequestWhenItIsDue() {
        LoopLoad load = load(5_000);
        for (int millis = 0; millis < 1_000; millis++) {
            now = START + TimeUnit.MILLISECONDS.toNanos(millis) - 1;
            load.pump();
            assertThat(load.measured().begun).isEqualTo(millis);
            now++;
            load.pump();
            assertThat(load.measured().begun).isEqualTo(millis + 1);
        }
        assertThat(load.measured().late).isZero();
        assertThat(load.missed()).isZero();
        now = START + TimeUnit.SECONDS.toNanos(1);
        load.pump();
        assertThat(load.measured().begun).isEqualTo(1_000);
    }

    @Test
    void makesUpForItsOwnDelayAndCountsIt() {
        LoopLoad load = load(5_000);
        load.pump();
        now += TimeUnit.MILLISECONDS.toNanos(200);
        load.pump();

        assertThat(load.measured().begun).isEqualTo(201);
        // Those due at 1 to 198 ms began over 1 ms late.
        assertThat(load.measured().late).isEqualTo(198);
        assertThat(load.measured().lateForConnection).isZero();
        assertThat(load.measured().ownLateNanosMax).isEqualTo(TimeUnit.MILLISECONDS.toNanos(199));
    }

    @Test
    void tellsAWaitForAConnectionFromItsOwnDelay() {
        ClientConnection[] connections = new ClientConnection[1];
        LoopLoad load = load(1, connections);
        load.pump();
        now += TimeUnit.MILLISECONDS.toNanos(10);
        load.pump();
        assertThat(load.measured().begun).isEqualTo(1);

        load.release(connections[0], 1);
        load.pump();

        assertThat(load.measured().begun).isEqualTo(2);
        assertThat(load.measured().lateForConnection).isEqualTo(1);
        assertThat(load.measured().ownLateNanosMax).isZero();
        assertThat(load.missed()).isEqualTo(998);
    }

    @Test
    void endsWhatItBeginsOneTimeoutAfterTheEnd() {
        LoopLoad load = load(2_000);
        now += TimeUnit.SECONDS.toNanos(1) + LoadBounds.TIMEOUT_DEFAULT.toNanos();
        load.pump();
        assertThat(load.measured().begun).isZero();
        assertThat(load.missed()).isEqualTo(1_000);
    }

    private LoopLoad load(int connections) {
        return load(connections, new ClientConnection[connections]);
    }

    private LoopLoad load(int count, ClientConnection[] connections) {
        LoadBounds bounds = LoadBounds.of(Duration.ofSeconds(1));
        LoadPlan plan =
                new LoadPlan(LoadWork.keepAlive(Target.of("http://127.0.0.1/")), REQUESTS_PER_SECOND, count, bounds);
        LoopLoad load = new LoopLoad(channel.eventLoop(), plan, Timeline.of(bounds, START), 1, 0, () -> now);
        for (int i = 0; i < count; i++) {
            connections[i] = new ClientConnection(load, Unpooled.EMPTY_BUFFER, 1, false);
            connections[i].connectBy(channel::newPromise);
            load.add(connections[i]);
        }
        load.start(1);
        return load;
    }
}
