package io.fastsocket.affinity;

import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.system.Ethtool;
import io.fastsocket.affinity.system.EthtoolAnswer;
import io.fastsocket.affinity.system.EthtoolCommand;
import io.fastsocket.affinity.system.EthtoolException;
import io.fastsocket.affinity.system.EthtoolStruct;
import io.fastsocket.affinity.system.SystemRoot;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many packets each queue of a card has had since it was set up: of the driver's statistics ({@code ethtool -S}) those whose
 * name holds a direction, a queue's number and the word packets. There is no other source without privilege, and no rule for
 * these names; a driver that has its own way has no counts here.
 *
 * @param received by receive queue
 * @param sent by transmit queue
 */
public record QueuePackets(Map<Integer, Long> received, Map<Integer, Long> sent) {
    /** {@code rx_queue_0_packets} (virtio, igb, ixgbe), {@code rx0_packets} (mlx5), {@code rx-0.packets} (i40e), {@code queue_0_rx_cnt} (ena). */
    private static final Pattern BY_QUEUE = Pattern.compile(
            "(?:(rx|tx)[-_]?(?:queue[-_])?([0-9]{1,5})[-_.](?:packets|pkts)|queue_([0-9]{1,5})_(rx|tx)_(?:cnt|packets))");

    /** {@code ETH_GSTRING_LEN}. */
    private static final int NAME_BYTES = 32;
    /** {@code struct ethtool_sset_info} with one number: cmd, reserved, a 64-bit mask of the sets asked for, the numbers. */
    private static final int SET_INFO_BYTES = 20;

    private static final int MASK = 8;
    private static final int LENGTH = 16;
    /** {@code ETH_SS_STATS}. */
    private static final int STATISTICS = 1;
    /** {@code struct ethtool_gstrings}: cmd, set, length; {@code struct ethtool_stats}: cmd, length. */
    private static final int NAMES = 12;

    private static final int VALUES = 8;
    /** Cards with 1024 queues have about ten for each. */
    private static final int STATISTICS_MAX = 1 << 14;

    public QueuePackets {
        received = Map.copyOf(received);
        sent = Map.copyOf(sent);
    }

    /** Reads them; unsupported where the driver counts by no queue. */
    public static Answer<QueuePackets> read(SystemRoot root, String interfaceName) {
        return read(root.ethtool(), InterfaceName.require(interfaceName));
    }

    static Answer<QueuePackets> read(Ethtool ethtool, String interfaceName) {
        return EthtoolAnswer.of(() -> {
            int count = count(ethtool, interfaceName);
            EthtoolStruct names = EthtoolStruct.of(EthtoolCommand.GSTRINGS, NAMES + count * NAME_BYTES)
                    .put(4, STATISTICS)
                    .put(8, count)
                    .call(ethtool, interfaceName);
            EthtoolStruct values = EthtoolStruct.of(EthtoolCommand.GSTATS, VALUES + count * Long.BYTES)
                    .put(4, count)
                    .call(ethtool, interfaceName);
            int told = Math.min(
                    names.boundedAt(8, "len", count, interfaceName),
                    values.boundedAt(4, "n_stats", count, interfaceName));
            return byQueue(names, values, told, interfaceName);
        });
    }

    private static int count(Ethtool ethtool, String interfaceName) throws EthtoolException {
        EthtoolStruct info = EthtoolStruct.of(EthtoolCommand.GSSET_INFO, SET_INFO_BYTES)
                .put(MASK, 1 << STATISTICS)
                .call(ethtool, interfaceName);
        // The kernel takes the bit of a set that the driver does not have out of the mask.
        return info.longAt(MASK) == 0 ? 0 : info.boundedAt(LENGTH, "data[0]", STATISTICS_MAX, interfaceName);
    }

    private static Answer<QueuePackets> byQueue(
            EthtoolStruct names, EthtoolStruct values, int count, String interfaceName) {
        Map<Integer, Long> received = new TreeMap<>();
        Map<Integer, Long> sent = new TreeMap<>();
        for (int index = 0; index < count; index++) {
            Matcher name = BY_QUEUE.matcher(nameAt(names, index));
            if (name.matches()) {
                boolean directionFirst = name.group(1) != null;
                String direction = name.group(directionFirst ? 1 : 4);
                int queue = Integer.parseInt(name.group(directionFirst ? 2 : 3));
                (direction.equals("rx") ? received : sent)
                        .putIfAbsent(queue, values.longAt(VALUES + index * Long.BYTES));
            }
        }
        return received.isEmpty() && sent.isEmpty()
                ? Answer.unsupported("the driver of " + interfaceName + " counts packets by no queue")
                : Answer.known(new QueuePackets(received, sent));
    }

    private static String nameAt(EthtoolStruct names, int index) {
        String padded = new String(names.bytesAt(NAMES + index * NAME_BYTES, NAME_BYTES), StandardCharsets.ISO_8859_1);
        int end = padded.indexOf('\0');
        return end < 0 ? padded : padded.substring(0, end);
    }
}
