package io.fastsocket.transport.connect;

import io.fastsocket.affinity.CpuSet;
import io.fastsocket.affinity.HashKey;
import io.fastsocket.affinity.NicIrq;
import io.fastsocket.affinity.NicQueues;
import io.fastsocket.affinity.RssConfig;
import io.fastsocket.affinity.RssConfig.FlowType;
import io.fastsocket.affinity.RssConfig.HashField;
import io.fastsocket.affinity.RssConfig.HashFunction;
import io.fastsocket.affinity.RssConfig.InputTransform;
import io.fastsocket.affinity.RssMap;
import io.fastsocket.affinity.RxQueue;
import io.fastsocket.affinity.system.Answer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/** Maps of cards with receive side scaling, queue i on CPU i. */
final class Cards {
    private Cards() {}

    static byte[] randomKey(Random random) {
        byte[] key = new byte[40];
        random.nextBytes(key);
        return key;
    }

    /** An indirection table that goes round the queues. */
    static int[] equal(int entries, int queues) {
        return IntStream.range(0, entries).map(i -> i % queues).toArray();
    }

    static RssMap map(byte[] key, int[] table, FlowType flow, InputTransform... transforms) {
        Map<FlowType, Answer<Set<HashField>>> fields = new EnumMap<>(FlowType.class);
        for (FlowType type : FlowType.values()) {
            fields.put(
                    type,
                    Answer.known(Set.of(
                            HashField.SOURCE_ADDRESS,
                            HashField.DESTINATION_ADDRESS,
                            HashField.SOURCE_PORT,
                            HashField.DESTINATION_PORT)));
        }
        int queues = IntStream.of(table).max().orElseThrow() + 1;
        RssConfig rss = new RssConfig(
                "eth0",
                Answer.known(queues),
                Answer.known(HashFunction.TOEPLITZ),
                Answer.known(HashKey.copyOf(key)),
                Answer.known(IntStream.of(table).boxed().toList()),
                Answer.known(Set.of(transforms)),
                fields);
        return RssMap.of(rss, queues(queues), flow).toOptional().orElseThrow();
    }

    private static NicQueues queues(int queues) {
        List<RxQueue> rx = IntStream.range(0, queues)
                .mapToObj(queue -> new RxQueue(
                        queue,
                        Optional.of(new NicIrq(
                                queue,
                                "eth0-" + queue,
                                Answer.known(CpuSet.of(queue)),
                                Answer.known(CpuSet.of(queue)),
                                false)),
                        Answer.known(CpuSet.empty()),
                        Answer.known(0)))
                .toList();
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
