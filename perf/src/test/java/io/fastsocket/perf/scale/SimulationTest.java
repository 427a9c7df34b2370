package io.fastsocket.perf.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SimulationTest {
    private static final int CONNECTIONS = 100_000;
    private static final long SEED = 42;

    static Stream<Arguments> designsAndCpus() {
        return Stream.of(Design.values()).flatMap(design -> Stream.of(1, 2, 4, 8, 12, 16, 24, 32, 48, 64)
                .map(cpus -> Arguments.of(design, cpus)));
    }

    /** Five standard deviations of the share of independent trials, and a little for no deviation. */
    private static double bound(double share) {
        return 5 * Math.sqrt(share * (1 - share) / CONNECTIONS) + 1e-9;
    }

    @ParameterizedTest
    @MethodSource("designsAndCpus")
    void comesToTheAnalyticShares(Design design, int cpus) {
        Simulation.Outcome outcome = Simulation.run(design, cpus, CONNECTIONS, SEED);
        double side = design.expectedCrossShare(cpus);
        double request = design.expectedRequestCrossShare(cpus);

        assertThat(outcome.clientCrossShare()).isCloseTo(side, within(bound(side)));
        assertThat(outcome.upstreamCrossShare()).isCloseTo(side, within(bound(side)));
        assertThat(outcome.requestCrossShare()).isCloseTo(request, within(bound(request)));
        assertThat(outcome.workElsewhereShare()).isCloseTo(side, within(bound(side)));
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 0", "2, 0.5, 0.75", "4, 0.75, 0.9375", "64, 0.984375, 0.999755859375"})
    void expectsAllButOneOfNToCross(int cpus, double side, double request) {
        assertThat(Design.ONE_LISTENER.expectedCrossShare(cpus)).isEqualTo(side);
        assertThat(Design.LISTENERS_BY_HASH.expectedRequestCrossShare(cpus)).isEqualTo(request);
        assertThat(Design.FASTSOCKET.expectedRequestCrossShare(cpus)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 12, 48, 64})
    void imbalanceIsThatOfTheIndirectionTableWhereConnectionsStayWithIt(int cpus) {
        double fullest = Math.ceil((double) ReceiveHash.ENTRIES / cpus) * cpus / ReceiveHash.ENTRIES;

        // Above it by chance alone: the fullest of a few dozen counts, five standard deviations at most.
        assertThat(Simulation.run(Design.FASTSOCKET, cpus, CONNECTIONS, SEED).imbalance())
                .isBetween(fullest * 0.99, fullest * (1 + 5 * Math.sqrt((double) cpus / CONNECTIONS)));
        assertThat(Simulation.run(Design.ONE_LISTENER, cpus, cpus * 100, SEED).imbalance())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 64})
    void fewConnectionsAreSpreadLessEvenlyByHashThanMany(int cpus) {
        double few = Simulation.run(Design.LISTENERS_BY_HASH, cpus, 64, SEED).imbalance();

        assertThat(few)
                .isGreaterThan(Simulation.run(Design.LISTENERS_BY_HASH, cpus, CONNECTIONS, SEED)
                        .imbalance());
    }

    @ParameterizedTest
    @MethodSource("designsAndCpus")
    void theSameSeedHasTheSameOutcome(Design design, int cpus) {
        assertThat(Simulation.run(design, cpus, 1000, SEED)).isEqualTo(Simulation.run(design, cpus, 1000, SEED));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    0   | 1 | cannot simulate: cpus=0 (expected 1 to 128, the entries of the card's indirection table)
                    129 | 1 | cannot simulate: cpus=129 (expected 1 to 128, the entries of the card's indirection table)
                    1   | 0 | cannot simulate: connections=0 (expected 1 or more)
                    """)
    void refusesWhatCannotBe(int cpus, int connections, String text) {
        assertThatThrownBy(() -> Simulation.run(Design.FASTSOCKET, cpus, connections, SEED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(text);
    }
}
