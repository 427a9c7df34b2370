package io.fastsocket.affinity;

import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.system.Ethtool;
import io.fastsocket.affinity.system.EthtoolAnswer;
import io.fastsocket.affinity.system.EthtoolCommand;
import io.fastsocket.affinity.system.EthtoolStruct;

/** Reads {@link Coalescing}: {@code struct ethtool_coalesce}. */
final class CoalescingReader {
    /** 23 numbers of 32 bits. */
    private static final int LENGTH = 92;

    private CoalescingReader() {}

    static Answer<Coalescing> read(Ethtool ethtool, String interfaceName) {
        return EthtoolAnswer.of(() -> {
            EthtoolStruct answer =
                    EthtoolStruct.of(EthtoolCommand.GCOALESCE, LENGTH).call(ethtool, interfaceName);
            return Answer.known(new Coalescing(
                    number(answer, 4),
                    number(answer, 8),
                    number(answer, 20),
                    number(answer, 24),
                    answer.at(40) != 0,
                    answer.at(44) != 0));
        });
    }

    /** Drivers may write all ones for "never": anything beyond half an hour is as good as that. */
    private static int number(EthtoolStruct answer, int offset) {
        return (int) Math.min(answer.at(offset), Integer.MAX_VALUE);
    }
}
