package io.fastsocket.transport.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PortBitsTest {
    @Test
    void theLowestBitsOfAPortChooseItsCpu() {
        PortBits ports = new PortBits(40_000, 16, List.of(3, 5, PortBits.LEAVE, 8));

        assertThat(Stream.of(40_000, 40_001, 40_002, 40_003, 40_004, 40_015).map(ports::cpuOf))
                .containsExactly(3, 5, PortBits.LEAVE, 8, 3, 8);
        assertThat(ports.residueOf(40_007)).isEqualTo(3);
    }

    @Test
    void portsBesideTheRangeBelongToNoCpu() {
        PortBits ports = new PortBits(40_000, 16, List.of(0, 1));

        assertThat(Stream.of(0, 39_999, 40_016, 65_535).map(ports::cpuOf)).containsOnly(PortBits.LEAVE);
        assertThat(ports.contains(39_999)).isFalse();
        assertThat(ports.contains(40_000)).isTrue();
        assertThat(ports.contains(40_015)).isTrue();
        assertThat(ports.contains(40_016)).isFalse();
    }

    @Test
    void theRangeMayEndWithTheLastPort() {
        assertThat(new PortBits(65_534, 2, List.of(0, 1)).cpuOf(65_535)).isEqualTo(1);
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                wrong(0, 3, List.of(0, 1, 0), "residues=3 (expected a power of two)"),
                wrong(0, 3, List.of(), "residues=0 (expected a power of two)"),
                wrong(0, 4, List.of(0, 1), "firstPort=0 (expected 1 to 65535, a multiple of 2)"),
                wrong(-2, 4, List.of(0, 1), "firstPort=-2 (expected 1 to 65535, a multiple of 2)"),
                wrong(65_536, 2, List.of(0, 1), "firstPort=65536 (expected 1 to 65535, a multiple of 2)"),
                wrong(41, 4, List.of(0, 1), "firstPort=41 (expected 1 to 65535, a multiple of 2)"),
                wrong(40, 0, List.of(0, 1), "portCount=0 (expected 1 to 65496, a multiple of 2)"),
                wrong(40, 3, List.of(0, 1), "portCount=3 (expected 1 to 65496, a multiple of 2)"),
                wrong(65_534, 4, List.of(0, 1), "portCount=4 (expected 1 to 2, a multiple of 2)"),
                wrong(40, 4, List.of(0, -2), "cpu=-2 (expected 0 to 8191, or -1)"),
                wrong(40, 4, List.of(0, 8192), "cpu=8192 (expected 0 to 8191, or -1)"),
                wrong(40, 4, List.of(-1, -1), "cpuByResidue=[-1, -1] (expected a CPU)"),
                wrong(
                        64,
                        16,
                        Collections.nCopies(16, -1),
                        "cpuByResidue=[-1, -1, -1, -1, -1, -1, -1, -1]… (expected a CPU)"));
    }

    private static Arguments wrong(int firstPort, int portCount, List<Integer> cpus, String text) {
        return Arguments.of(firstPort, portCount, cpus, text);
    }

    @ParameterizedTest(name = "{3}")
    @MethodSource("wrong")
    void whatCannotBeEncodedIsNamed(int firstPort, int portCount, List<Integer> cpus, String text) {
        assertThatThrownBy(() -> new PortBits(firstPort, portCount, cpus))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("cannot encode CPUs in local ports: " + text + ": ")
                .hasMessageContaining("; fix: ");
    }
}
