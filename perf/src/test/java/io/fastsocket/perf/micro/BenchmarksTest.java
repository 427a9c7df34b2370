package io.fastsocket.perf.micro;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import java.io.IOException;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That the benchmarks do what they say, with each parameter but the slow ones. */
class BenchmarksTest {
    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void hashesAnotherPacketEachTime(int family) throws UnknownHostException {
        Toeplitz toeplitz = new Toeplitz();
        toeplitz.family = family;
        toeplitz.setUp();

        assertThat(toeplitz.packet()).isNotEqualTo(toeplitz.packet());
        assertThat(toeplitz.portShare()).isNotEqualTo(toeplitz.portShare());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 64})
    void compilesProgramsInOrderAndLongerOnesShuffled(int cpus) {
        SteeringCompile compile = new SteeringCompile();
        compile.cpus = cpus;
        compile.setUp();

        assertThat(compile.inOrder()).hasSize(4);
        assertThat(compile.shuffled().length).isGreaterThanOrEqualTo(cpus == 1 ? 4 : 2 * cpus);
    }

    @Test
    void connectionsComeAreFoundAndGo() throws UnknownHostException {
        Connections connections = new Connections();
        connections.open = 1000;
        connections.setUp();
        assertThat(connections.size()).isEqualTo(1000);

        assertThat(connections.comesAndGoes()).map(Channel::isOpen).contains(false);
        assertThat(connections.found()).map(Channel::isOpen).contains(true);
        assertThat(connections.withoutTable().isOpen()).isFalse();
        assertThat(connections.size()).isEqualTo(1000);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 64})
    void placesALoopOnEachCpuAndOnEachCore(int cpus) throws IOException {
        Placement placement = new Placement();
        placement.cpus = cpus;
        placement.setUp();

        assertThat(placement.onePerCpu().loops()).hasSize(cpus);
        assertThat(placement.onePerCore().loops()).hasSize(Math.max(1, cpus / 2));
    }
}
