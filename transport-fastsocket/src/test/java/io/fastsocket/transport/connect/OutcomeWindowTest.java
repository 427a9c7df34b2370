package io.fastsocket.transport.connect;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OutcomeWindowTest {
    private final OutcomeWindow window = new OutcomeWindow();

    @Test
    void looksWrongAtTheFourthMissAmongSixteen() {
        record(13, true);
        record(3, false);
        assertThat(window.looksWrong()).isFalse();

        record(1, false);
        assertThat(window.looksWrong()).isTrue();
    }

    @Test
    void forgivesMissesThatAreLongAgo() {
        record(3, false);
        record(16, true);
        record(1, false);

        assertThat(window.looksWrong()).isFalse();
    }

    @Test
    void isJudgedByAWholeWindowOnly() {
        record(OutcomeWindow.SIZE - 1, false);
        assertThat(window.isBelow(58)).isFalse();

        record(1, false);
        assertThat(window.isBelow(58)).isTrue();
        assertThat(window).hasToString("0 of the last 64");
    }

    @Test
    void keepsItsPromiseAtTheBound() {
        record(6, false);
        record(58, true);

        assertThat(window.isBelow(58)).isFalse();
        assertThat(window.isBelow(59)).isTrue();
    }

    @Test
    void isRightWithTwoStraysInAWholeWindow() {
        record(2, false);
        assertThat(window.isRight()).isFalse();
        record(62, true);
        assertThat(window.isRight()).isTrue();

        record(1, false);
        record(1, false);
        assertThat(window.isRight()).isTrue();
        record(1, false);
        assertThat(window.isRight()).isFalse();
    }

    @Test
    void beginsAnew() {
        record(64, false);
        window.clear();

        assertThat(window.looksWrong()).isFalse();
        assertThat(window).hasToString("0 of the last 0");
    }

    private void record(int times, boolean hit) {
        for (int i = 0; i < times; i++) {
            window.record(hit);
        }
    }
}
