package io.fastsocket.transport.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ImbalanceTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final long[] counts = new long[4];
    private final Imbalance imbalance = new Imbalance(counts::clone, nanos::get);

    @Test
    void isTheMaximumOverTheMean() {
        assertThat(Imbalance.of(new long[] {5, 5, 5, 5})).isEqualTo(1);
        assertThat(Imbalance.of(new long[] {0, 20, 0, 0})).isEqualTo(4);
        assertThat(Imbalance.of(new long[] {1, 2})).isEqualTo(4.0 / 3);
        assertThat(Imbalance.of(new long[] {7})).isEqualTo(1);
        assertThat(Imbalance.of(new long[] {0, 0})).isNaN();
    }

    @Test
    void isNotANumberWhileNothingHappened() {
        assertThat(imbalance.get()).isNaN();
        pass(Duration.ofHours(1));
        assertThat(imbalance.get()).isNaN();
    }

    @Test
    void countsFromTheFirstLookOn() {
        counts[0] = 100;
        Imbalance late = new Imbalance(counts::clone, nanos::get);
        assertThat(late.get()).isNaN();

        counts[1] += 3;
        counts[2] += 1;

        assertThat(late.get()).isEqualTo(3);
    }

    @Test
    void forgetsWhatIsOlderThanAMinute() {
        counts[0] += 10;
        pass(Duration.ofSeconds(30));
        assertThat(imbalance.get()).isEqualTo(4);
        counts[1] += 10;
        pass(Duration.ofSeconds(29));
        assertThat(imbalance.get()).isEqualTo(2);

        // The look at 30 s is now a minute old: what came before it does not count.
        pass(Duration.ofSeconds(31));

        assertThat(imbalance.get()).isEqualTo(4);
        pass(Duration.ofSeconds(60));
        assertThat(imbalance.get()).isNaN();
    }

    @Test
    void whoLooksRarelySeesTheTimeSinceTheLastLook() {
        counts[0] += 10;
        assertThat(imbalance.get()).isEqualTo(4);
        pass(Duration.ofMinutes(5));
        assertThat(imbalance.get()).isEqualTo(4);

        counts[0] += 1;
        counts[1] += 1;
        pass(Duration.ofMinutes(5));

        assertThat(imbalance.get()).isEqualTo(2);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
