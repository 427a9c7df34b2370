package io.fastsocket.perf.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.perf.load.LoadReport.LoopShare;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoadWarningsTest {
    private static final LoadPlan PLAN = new LoadPlan(
            LoadWork.keepAlive(Target.of("http://127.0.0.1/")), 1_000, 7, LoadBounds.of(Duration.ofSeconds(1)));

    private final Tally measured = new Tally();

    @Test
    void hasNothingToSayOfALoadAsItShouldBe() {
        begin(99, 0, false);
        begin(1, 2, false);
        assertThat(warnings(0, 0.9)).isEmpty();
        assertThat(warnings(0, Double.NaN)).isEmpty();
    }

    @Test
    void saysWhichLoopIsSaturatedOrNotPinned() {
        assertThat(warnings(0, 0.91))
                .singleElement()
                .asString()
                .startsWith("loop 3 is saturated: busyShare=0.91 (expected up to 0.9)");
        assertThat(warnings(-1, 0.5)).singleElement().asString().startsWith("loop 3 is not pinned");
    }

    @Test
    void tellsItsOwnDelayFromTheServers() {
        begin(98, 0, false);
        begin(2, 5, false);
        assertThat(warnings(0, 0.5))
                .singleElement()
                .asString()
                .startsWith("the generator fell behind its schedule: 2 of 100 requests began over 1 ms late with a"
                        + " connection free, up to 5.0 ms");
        begin(3, 9, true);
        assertThat(warnings(0, 0.5))
                .hasSize(2)
                .last()
                .asString()
                .startsWith("3 of 103 requests waited over 1 ms for a free connection")
                .contains("on 7 connections");
    }

    @Test
    void saysThatLocalLimitsWereReached() {
        measured.failed(LoadError.LOCAL, "Too many open files");
        assertThat(warnings(0, 0.5)).singleElement().asString().startsWith("1 requests failed for want of ports");
    }

    private void begin(int requests, int lateMillis, boolean noneWasFree) {
        for (int i = 0; i < requests; i++) {
            measured.begun(TimeUnit.MILLISECONDS.toNanos(lateMillis), noneWasFree);
        }
    }

    private List<String> warnings(int cpu, double busyShare) {
        return LoadWarnings.of(PLAN, measured, 0, List.of(new LoopShare(3, cpu, busyShare, 1)));
    }
}
