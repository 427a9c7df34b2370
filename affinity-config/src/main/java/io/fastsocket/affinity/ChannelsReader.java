package io.fastsocket.affinity;

import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.system.Ethtool;
import io.fastsocket.affinity.system.EthtoolAnswer;
import io.fastsocket.affinity.system.EthtoolCommand;
import io.fastsocket.affinity.system.EthtoolException;
import io.fastsocket.affinity.system.EthtoolStruct;

/** Reads {@link Channels}: {@code struct ethtool_channels}. */
final class ChannelsReader {
    /** A 32-bit number each: cmd; the most of rx, tx, other, combined; how many there are of the same. */
    private static final int LENGTH = 36;

    private static final int QUEUES_MAX = 0xffff;

    private ChannelsReader() {}

    static Answer<Channels> read(Ethtool ethtool, String interfaceName) {
        return EthtoolAnswer.of(() -> {
            EthtoolStruct answer =
                    EthtoolStruct.of(EthtoolCommand.GCHANNELS, LENGTH).call(ethtool, interfaceName);
            return Answer.known(new Channels(
                    count(answer, 20, "rx_count", interfaceName),
                    count(answer, 24, "tx_count", interfaceName),
                    count(answer, 28, "other_count", interfaceName),
                    count(answer, 32, "combined_count", interfaceName),
                    count(answer, 4, "max_rx", interfaceName),
                    count(answer, 8, "max_tx", interfaceName),
                    count(answer, 12, "max_other", interfaceName),
                    count(answer, 16, "max_combined", interfaceName)));
        });
    }

    private static int count(EthtoolStruct answer, int offset, String what, String interfaceName)
            throws EthtoolException {
        return answer.boundedAt(offset, what, QUEUES_MAX, interfaceName);
    }
}
