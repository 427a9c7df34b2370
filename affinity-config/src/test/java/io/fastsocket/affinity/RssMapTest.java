package io.fastsocket.affinity;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.affinity.RssConfig.FlowType;
import io.fastsocket.affinity.RssConfig.HashField;
import io.fastsocket.affinity.RssConfig.HashFunction;
import io.fastsocket.affinity.RssConfig.InputTransform;
import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.system.SystemRoot;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RssMapTest {
    private static final HashKey KEY = HashKey.copyOf(HexFormat.of()
            .parseHex("6d5a56da255b0ec24167253d43a38fb0d0ca2bcbae7b30b477cb2da38030f20c6a42b73bbeac01fa"));

    private static final Set<HashField> FOUR_TUPLE = Set.of(
            HashField.SOURCE_ADDRESS, HashField.DESTINATION_ADDRESS, HashField.SOURCE_PORT, HashField.DESTINATION_PORT);

    private HashFunction function = HashFunction.TOEPLITZ;
    private Answer<HashKey> key = Answer.known(KEY);
    private Set<InputTransform> transforms = Set.of();
    private Set<HashField> fields = FOUR_TUPLE;
    private List<Integer> table = IntStream.range(0, 128).mapToObj(i -> i % 8).toList();
    /** The CPUs that each queue's interrupt goes to. */
    private List<CpuSet> interrupts =
            IntStream.range(0, 8).mapToObj(queue -> CpuSet.of(7 - queue)).toList();

    @Test
    void followsHashTableAndInterrupt() throws UnknownHostException {
        RssMap map = map().toOptional().orElseThrow();
        FourTuple packet = vector();

        // 0x51ccc178 & 127 = 120, whose queue is 0.
        assertThat(map.queueFor(packet)).isEqualTo(0);
        assertThat(map.cpuFor(packet)).isEqualTo(7);
        assertThat(map).hasToString("eth0: 128 entries, 8 queues, 8 CPUs");
    }

    @Test
    void takesTheRemainderOfATableOfAnyLength() throws UnknownHostException {
        table = List.of(3, 1, 2, 0, 5);

        // 0x51ccc178 = 1372373368, of which the remainder by 5 is 3.
        assertThat(map().toOptional().orElseThrow().queueFor(vector())).isEqualTo(0);
    }

    @Test
    void doesNotKnowTheCpuOfAQueueWhoseInterruptMayGoToSeveral() throws UnknownHostException {
        interrupts = new ArrayList<>(interrupts);
        interrupts.set(0, CpuSet.of(0, 1));

        assertThat(map().toOptional().orElseThrow().cpuFor(vector())).isEqualTo(RssMap.CPU_UNKNOWN);
    }

    @Test
    void refusesFieldsWithoutThePort() {
        fields = Set.of(HashField.SOURCE_ADDRESS, HashField.DESTINATION_ADDRESS);

        assertThat(map().whyNot().orElseThrow())
                .startsWith("eth0 hashes [")
                .endsWith("the port does not choose the queue alone; fix: ethtool -N eth0 rx-flow-hash tcp4 sdfn");
    }

    @Test
    void refusesAnotherFunctionThanToeplitz() {
        function = HashFunction.CRC32;

        assertThat(map().whyNot())
                .contains("eth0 hashes by CRC32 (expected TOEPLITZ): it is not known in every bit; fix: ethtool -X eth0"
                        + " hfunc toeplitz");
    }

    @Test
    void refusesACardThatTellsNoKey() {
        key = Answer.unsupported("the driver of eth0 tells no hash key");

        assertThat(map().whyNot()).contains("the driver of eth0 tells no hash key");
    }

    @Test
    void refusesAKeyTooShortForTheFamily() {
        key = Answer.known(HashKey.copyOf(new byte[16]));

        assertThat(map().whyNot()).isEmpty();
        assertThat(RssMap.of(rss(), nic(), FlowType.TCP6).whyNot().orElseThrow())
                .startsWith("eth0: cannot compute a receive hash: key of 16 bytes (expected at least 40");
    }

    @Test
    void refusesATransformThatIsNotAffine() {
        transforms = Set.of(InputTransform.SYMMETRIC_OR_XOR);

        assertThat(map().whyNot().orElseThrow()).contains("transforms=[SYMMETRIC_OR_XOR]");
    }

    @Test
    void refusesATableOfASingleQueue() {
        table = List.of(3, 3, 3, 3);

        assertThat(map().whyNot().orElseThrow())
                .isEqualTo(
                        "eth0 has all of its indirection table on queue 3 (expected two queues or more): no port leads"
                                + " elsewhere; fix: ethtool -X eth0 equal N");
    }

    @Test
    void refusesWhereNoQueueHasACpu() {
        interrupts = List.of();

        assertThat(map().whyNot().orElseThrow()).startsWith("no queue of eth0 is processed on one known CPU");
    }

    @Test
    void isTheSameWhenNothingHasChanged() {
        RssMap before = map().toOptional().orElseThrow();

        assertThat(map().toOptional().orElseThrow().isSameAs(before)).isTrue();
        table = IntStream.range(0, 128).mapToObj(i -> i % 4).toList();
        assertThat(map().toOptional().orElseThrow().isSameAs(before)).isFalse();
    }

    @Test
    void readsTheMapOfARecordedCard() throws Exception {
        Path archive = Path.of(RssMapTest.class
                .getResource("/machines/virtio-8-queues-rss.zip")
                .toURI());
        try (SystemRoot machine = SystemRoot.recorded(archive)) {
            Answer<RssMap> map = RssMap.read(machine, "eth0", FlowType.TCP4);

            assertThat(map.whyNot()).isEmpty();
            assertThat(map.toOptional().orElseThrow()).hasToString("eth0: 128 entries, 8 queues, 8 CPUs");
        }
    }

    private static FourTuple vector() throws UnknownHostException {
        return new FourTuple(
                InetAddress.getByName("66.9.149.187"), 2794, InetAddress.getByName("161.142.100.80"), 1766);
    }

    private Answer<RssMap> map() {
        return RssMap.of(rss(), nic(), FlowType.TCP4);
    }

    private RssConfig rss() {
        Map<FlowType, Answer<Set<HashField>>> hashFields = new EnumMap<>(FlowType.class);
        for (FlowType type : FlowType.values()) {
            hashFields.put(type, Answer.known(fields));
        }
        return new RssConfig(
                "eth0",
                Answer.known(8),
                Answer.known(function),
                key,
                Answer.known(table),
                Answer.known(transforms),
                hashFields);
    }

    private NicQueues nic() {
        List<RxQueue> rx = new ArrayList<>();
        for (int queue = 0; queue < interrupts.size(); queue++) {
            NicIrq irq = new NicIrq(
                    40 + queue,
                    "eth0-rx-" + queue,
                    Answer.known(interrupts.get(queue)),
                    Answer.known(interrupts.get(queue)),
                    false);
            rx.add(new RxQueue(queue, Optional.of(irq), Answer.known(CpuSet.empty()), Answer.known(0)));
        }
        return new NicQueues(
                "eth0",
                Optional.empty(),
                Optional.empty(),
                -1,
                rx,
                List.of(),
                List.of(),
                Answer.unsupported("none"),
                Answer.unsupported("none"),
                Answer.unsupported("none"),
                Answer.unsupported("none"));
    }
}
