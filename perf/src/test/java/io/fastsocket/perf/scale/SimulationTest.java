package io.fastsocket.perf.scale;

import static io.fastsocket.perf.scale.Acceptance.HASHED_LISTENERS;
import static io.fastsocket.perf.scale.Acceptance.ONE_LISTENER;
import static io.fastsocket.perf.scale.Acceptance.STEERED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulationTest {
    private static final int CONNECTIONS = 100_000;
    private static final Costs COSTS = new Costs(30, 10, 5);

    @ParameterizedTest
    @ValueSource(ints = {2, 8, 24, 64})
    void crossesWithAllCpusButOneUnlessSteered(int cpus) {
        double expected = 1 - 1.0 / cpus;

        for (Acceptance unsteered : new Acceptance[] {ONE_LISTENER, HASHED_LISTENERS}) {
            Simulation result = Simulation.run(unsteered, cpus, CONNECTIONS, COSTS, 1);
            assertThat(result.crossingShare()).isCloseTo(expected, within(0.01));
            assertThat(result.proxyCrossingShare()).isCloseTo(expected, within(0.01));
        }
        Simulation steered = Simulation.run(STEERED, cpus, CONNECTIONS, COSTS, 1);
        assertThat(steered.crossingShare()).isZero();
        assertThat(steered.proxyCrossingShare()).isZero();
    }

    @Test
    void isASlowOneWithASingleCpu() {
        for (Acceptance acceptance : Acceptance.values()) {
            assertThat(Simulation.run(acceptance, 1, CONNECTIONS, COSTS, 1)).isEqualTo(new Simulation(1, 0, 0, 1, 1));
        }
    }

    @Test
    void speedsUpByTheCpusLessWhatCrossesAndTheImbalance() {
        Simulation hashed = Simulation.run(HASHED_LISTENERS, 8, CONNECTIONS, COSTS, 1);
        assertThat(hashed.speedUp() * hashed.imbalance()).isCloseTo(8 * 30 / (30 + 10 * 7 / 8.0), within(0.1));
        Simulation steered = Simulation.run(STEERED, 8, CONNECTIONS, COSTS, 1);
        assertThat(steered.speedUp() * steered.imbalance()).isCloseTo(8, within(1e-6));
    }

    @Test
    void isHeldUpByTheThreadOfASingleListener() {
        assertThat(Simulation.run(ONE_LISTENER, 64, CONNECTIONS, COSTS, 1).speedUp())
                .isCloseTo(30 / 5.0, within(1e-9));
    }

    @Test
    void isLessEvenWithFewConnections() {
        assertThat(Simulation.run(STEERED, 8, 64, COSTS, 1).imbalance())
                .isGreaterThan(Simulation.run(STEERED, 8, CONNECTIONS, COSTS, 1).imbalance());
    }

    @Test
    void refusesWhatIsNoMachine() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Simulation.run(STEERED, 0, 1, COSTS, 1))
                .withMessage("cannot simulate: cpus=0, connections=1 (expected cpus 1..1024, connections >= 1)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Costs(0, 1, 1))
                .withMessageStartingWith("cannot simulate: local=0.0");
    }
}
