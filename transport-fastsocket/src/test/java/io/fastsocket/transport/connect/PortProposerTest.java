package io.fastsocket.transport.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PortProposerTest {
    private static final int[] PORTS = IntStream.rangeClosed(32_768, 36_000).toArray();

    private static final List<Integer> ALL = IntStream.of(PORTS).boxed().toList();

    private final Random random = new Random(42);

    @Test
    void proposesEveryPortOnceBeforeThereAreNoMore() {
        LearnedPorts learned = new LearnedPorts(PORTS, random);

        assertThat(search(learned.proposer(3), 1)).containsExactlyInAnyOrderElementsOf(ALL);
    }

    @Test
    void proposesEveryPortOnceWhenSomeAreKnown() {
        Connections connections = new Connections(ReceiveHash.nonlinear(4, random), PORTS, 0, 8, random);
        connections.open(1, 1_500);

        assertThat(connections.learned.state().phase()).isEqualTo(LearnedState.Phase.MEMORY_ONLY);
        PortProposer proposer = connections.learned.proposer(2);
        for (int i = 0; i < 70; i++) {
            assertThat(search(proposer, 1)).containsExactlyInAnyOrderElementsOf(ALL);
        }
    }

    @Test
    void proposesEveryPortOnceWhenTheMapIsKnown() {
        for (int queues : new int[] {8, 12}) {
            Connections connections = new Connections(ReceiveHash.spread(queues, 128, random), PORTS, 0, 8, random);
            connections.open(1, 500);

            assertThat(connections.learned.state().phase()).isEqualTo(LearnedState.Phase.AFFINE);
            assertThat(search(connections.learned.proposer(2), 1)).containsExactlyInAnyOrderElementsOf(ALL);
            assertThat(search(connections.learned.proposer(99), 1)).containsExactlyInAnyOrderElementsOf(ALL);
            assertThat(search(connections.learned.proposer(2), 77)).containsExactlyInAnyOrderElementsOf(ALL);
        }
    }

    @Test
    void spreadsConnectionsOverAllPromisingPorts() {
        Connections connections = new Connections(ReceiveHash.spread(8, 128, random), PORTS, 0, 8, random);
        connections.open(1, 200);
        PortProposer proposer = connections.learned.proposer(2);

        int[] first = IntStream.range(0, 300).map(i -> proposer.first(1)).toArray();

        assertThat(first).doesNotHaveDuplicates();
    }

    @Test
    void prefersKnownPortsOverUnknownOverWrongOnes() {
        LearnedPorts learned = new LearnedPorts(PORTS, random);
        for (int port = 33_000; port < 33_600; port++) {
            learned.observe(1, port, random.nextInt(3));
        }
        int right = (int) IntStream.range(33_000, 33_600)
                .filter(port -> learned.predictedCpu(1, port) == 2)
                .count();

        List<Integer> order = search(learned.proposer(2), 1);

        assertThat(order.subList(0, right)).allMatch(port -> learned.predictedCpu(1, port) == 2);
        assertThat(order.subList(right, right + PORTS.length - 600))
                .allMatch(port -> learned.predictedCpu(1, port) == KnownPorts.NO_CPU);
        assertThat(order.subList(right + PORTS.length - 600, PORTS.length))
                .allMatch(port -> learned.predictedCpu(1, port) < 2);
    }

    @Test
    void refusesPortsThatAreNone() {
        assertThatThrownBy(() -> new LearnedPorts(new int[0], random))
                .hasMessage(
                        "cannot learn ports: usablePorts=[] (expected one at least): no port may be used; fix: widen"
                                + " net.ipv4.ip_local_port_range or reserve less");
        assertThatThrownBy(() -> new LearnedPorts(new int[] {5, 5}, random))
                .hasMessage(
                        "cannot learn ports: port=5 (expected once): given twice; fix: give the usable ports as a set");
        assertThatThrownBy(() -> new LearnedPorts(new int[] {70_000}, random)).hasMessageContaining("port=70000");
    }

    @Test
    void ignoresWhatItCannotUse() {
        LearnedPorts learned = new LearnedPorts(PORTS, random);
        learned.observe(1, 80, 2);
        learned.observe(1, 33_000, -1);
        learned.observe(1, 33_000, 8_192);
        learned.observe(1, -1, 1);

        assertThat(learned.state().observations()).isZero();
        assertThat(learned.predictedCpu(1, 33_000)).isEqualTo(KnownPorts.NO_CPU);
    }

    private static List<Integer> search(PortProposer proposer, long destination) {
        List<Integer> ports = new ArrayList<>();
        for (int port = proposer.first(destination);
                port != PortProposer.NO_PORT && ports.size() <= PORTS.length;
                port = proposer.next(destination)) {
            ports.add(port);
        }
        assertThat(proposer.next(destination)).isEqualTo(PortProposer.NO_PORT);
        return ports;
    }
}
