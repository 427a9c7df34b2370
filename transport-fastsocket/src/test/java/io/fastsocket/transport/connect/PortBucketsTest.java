package io.fastsocket.transport.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PortBucketsTest {
    @Test
    void groupsPortsByLabelInTheOrderGiven() {
        PortBuckets buckets = PortBuckets.of(new int[] {9, 4, 1, 65_535, 5}, 4, port -> port % 4);

        assertThat(buckets.labels()).isEqualTo(4);
        assertThat(buckets.size()).isEqualTo(5);
        assertThat(portsOf(buckets, 0)).containsExactly(4);
        assertThat(portsOf(buckets, 1)).containsExactly(9, 1, 5);
        assertThat(portsOf(buckets, 3)).containsExactly(65_535);
    }

    @Test
    void countsEmptyBuckets() {
        assertThat(PortBuckets.of(new int[] {2, 4, 6}, 4, port -> port % 4).emptyBuckets())
                .isEqualTo(2);
        assertThat(PortBuckets.of(new int[0], 3, port -> 0).emptyBuckets()).isEqualTo(3);
    }

    @Test
    void refusesPortsAndLabelsOutOfRange() {
        assertThatThrownBy(() -> PortBuckets.of(new int[] {0}, 1, port -> 0))
                .hasMessage("cannot use a source port: port=0 (expected 1 to 65535); fix: take ports from"
                        + " ip_local_port_range");
        assertThatThrownBy(() -> PortBuckets.of(new int[] {65_536}, 1, port -> 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PortBuckets.of(new int[] {7}, 2, port -> 2))
                .hasMessage("cannot group port 7: label=2 (expected 0 to 1); fix: reduce the label");
        assertThatThrownBy(() -> PortBuckets.of(new int[] {7}, 0, port -> 0))
                .hasMessageContaining("labels=0 (expected at least 1)");
        PortBuckets buckets = PortBuckets.of(new int[] {1, 2}, 2, port -> port - 1);
        assertThatThrownBy(() -> buckets.port(0, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static int[] portsOf(PortBuckets buckets, int label) {
        return IntStream.range(0, buckets.count(label))
                .map(index -> buckets.port(label, index))
                .toArray();
    }
}
