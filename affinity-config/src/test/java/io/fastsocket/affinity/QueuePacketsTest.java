package io.fastsocket.affinity;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.system.Ethtool;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueuePacketsTest {
    private static final int GSTRINGS = 0x1b;
    private static final int GSTATS = 0x1d;

    @ParameterizedTest
    @ValueSource(strings = {"rx_queue_3_packets", "rx3_packets", "rx-3.packets", "queue_3_rx_cnt", "rx_3_pkts"})
    void countsAQueueByTheNamesThatDriversGive(String name) {
        assertThat(QueuePackets.read(driver("rx_packets", name, "rx_queue_3_bytes"), "eth0"))
                .isEqualTo(Answer.known(new QueuePackets(Map.of(3, 1L), Map.of())));
    }

    @Test
    void tellsDirectionsApart() {
        assertThat(QueuePackets.read(driver("rx_queue_0_packets", "tx_queue_0_packets", "tx_queue_1_packets"), "eth0"))
                .isEqualTo(Answer.known(new QueuePackets(Map.of(0, 0L), Map.of(0, 1L, 1, 2L))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"rx_queue_0_xdp_packets", "rx_packets", "rx_queue_123456_packets", "rx_queue_0_packets_dropped"})
    void leavesOutWhatIsNoCountOfAQueue(String name) {
        assertThat(QueuePackets.read(driver(name), "eth0")).isInstanceOf(Answer.Unsupported.class);
    }

    @Test
    void saysThatADriverWithoutStatisticsCountsNothing() {
        assertThat(QueuePackets.read(driver(), "eth0"))
                .isEqualTo(Answer.unsupported("the driver of eth0 counts packets by no queue"));
    }

    /** A driver whose statistic number i is i. */
    private static Ethtool driver(String... names) {
        return (interfaceName, request) -> {
            ByteBuffer answer = ByteBuffer.wrap(request.clone()).order(ByteOrder.nativeOrder());
            switch (answer.getInt(0)) {
                case GSTRINGS ->
                    IntStream.range(0, names.length)
                            .forEach(i -> answer.put(12 + 32 * i, names[i].getBytes(StandardCharsets.US_ASCII)));
                case GSTATS -> IntStream.range(0, names.length).forEach(i -> answer.putLong(8 + 8 * i, i));
                default -> answer.putInt(16, names.length);
            }
            return answer.array();
        };
    }
}
