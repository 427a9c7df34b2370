package io.fastsocket.transport.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.transport.connect.Destinations.Destination;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KnownPortsTest {
    private final KnownPorts known = new KnownPorts();

    @Test
    void aStrayPacketMovesNoPort() {
        assertThat(known.remember(4_000, 3)).isTrue();
        assertThat(known.remember(4_000, 5)).isFalse();
        assertThat(known.cpuOf(4_000)).isEqualTo(3);
        assertThat(known.remember(4_000, 3)).isFalse();
        assertThat(known.remember(4_000, 5)).isFalse();
        assertThat(known.cpuOf(4_000)).isEqualTo(3);
    }

    @Test
    void twoContradictionsInARowMoveAPort() {
        known.remember(4_000, 3);
        known.remember(4_000, 5);

        assertThat(known.remember(4_000, 5)).isTrue();

        assertThat(known.cpuOf(4_000)).isEqualTo(5);
        assertThat(known.count(3)).isZero();
        assertThat(known.portOn(3, 0)).isEqualTo(KnownPorts.NO_PORT);
        assertThat(known.portOn(5, 7)).isEqualTo(4_000);
        assertThat(known.size()).isEqualTo(1);
    }

    @Test
    void remembersEveryPortOfManyCpus() {
        IntStream.rangeClosed(1, PortBuckets.PORT_MAX).forEach(port -> known.remember(port, port % 8_192));

        assertThat(known.size()).isEqualTo(PortBuckets.PORT_MAX);
        assertThat(IntStream.rangeClosed(1, PortBuckets.PORT_MAX).filter(port -> known.cpuOf(port) != port % 8_192))
                .isEmpty();
        assertThat(known.lastOn(8_191)).isEqualTo(PortBuckets.PORT_MAX);
    }

    @Test
    void keepsABoundedNumberOfDestinationsAndThoseInUseAmongThem() {
        Destinations destinations = new Destinations();
        for (long key = 0; key < 20_000; key++) {
            destinations.findOrAdd(key).known().remember(4_000, 1);
            destinations.findOrAdd(7);
        }

        assertThat(destinations.count()).isEqualTo(Destinations.DESTINATIONS_MAX);
        assertThat(destinations.find(7)).isNotNull();
        assertThat(destinations.find(19_999)).isNotNull();
    }

    @Test
    void dropsThePortsOfOtherDestinationsOnly() {
        Destinations destinations = new Destinations();
        Destination kept = destinations.findOrAdd(1);
        for (long key = 1; key <= 10; key++) {
            destinations.findOrAdd(key).known().remember(4_000, 1);
        }

        destinations.dropPorts(kept, 0);

        assertThat(destinations.ports()).isEqualTo(1);
        assertThat(kept.known().cpuOf(4_000)).isEqualTo(1);
    }
}
