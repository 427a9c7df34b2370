package io.fastsocket.affinity.system;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How many queues a card has, as words: {@code struct ethtool_channels}. */
final class ChannelWords {
    /** A 32-bit number each: cmd; the most of rx, tx, other, combined; how many there are of the same. */
    private static final int LENGTH = 36;

    private static final List<String> WORDS = List.of("rx", "tx", "combined");
    private static final int[] OFFSETS = {20, 24, 32};
    private static final int QUEUES_MAX = 0xffff;
    private static final String WHAT = "the number of queues";

    private ChannelWords() {}

    static String current(Ethtool ethtool, String interfaceName) throws EthtoolException {
        EthtoolStruct channels = read(ethtool, interfaceName);
        List<String> words = new ArrayList<>();
        for (int i = 0; i < OFFSETS.length; i++) {
            int count = channels.boundedAt(OFFSETS[i], WORDS.get(i), QUEUES_MAX, interfaceName);
            if (count > 0) {
                words.add(WORDS.get(i) + " " + count);
            }
        }
        return words.isEmpty() ? "combined 0" : String.join(" ", words);
    }

    static void set(Ethtool ethtool, String interfaceName, String text) throws EthtoolException {
        Map<String, String> values = SettingWords.parse(WHAT, text, WORDS);
        int[] counts = new int[OFFSETS.length];
        for (int i = 0; i < OFFSETS.length; i++) {
            String value = values.getOrDefault(WORDS.get(i), "0");
            counts[i] = (int) SettingWords.number(WHAT, WORDS.get(i), value, QUEUES_MAX);
        }
        // Queues of other kinds, for the link's state and virtual functions, stay as they were read.
        EthtoolStruct channels = read(ethtool, interfaceName).as(EthtoolCommand.SCHANNELS);
        for (int i = 0; i < OFFSETS.length; i++) {
            channels.put(OFFSETS[i], counts[i]);
        }
        channels.call(ethtool, interfaceName);
    }

    private static EthtoolStruct read(Ethtool ethtool, String interfaceName) throws EthtoolException {
        return EthtoolStruct.of(EthtoolCommand.GCHANNELS, LENGTH).call(ethtool, interfaceName);
    }
}
