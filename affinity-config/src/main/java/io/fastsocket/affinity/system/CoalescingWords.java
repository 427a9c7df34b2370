package io.fastsocket.affinity.system;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** When a card interrupts, as words: {@code struct ethtool_coalesce}. */
final class CoalescingWords {
    /** 23 numbers of 32 bits. */
    private static final int LENGTH = 92;

    private static final String WHAT = "interrupt coalescing";
    private static final long U32_MAX = 0xffff_ffffL;
    private static final List<String> WORDS =
            List.of("adaptive-rx", "adaptive-tx", "rx-usecs", "rx-frames", "tx-usecs", "tx-frames");
    private static final int[] OFFSETS = {40, 44, 4, 8, 20, 24};

    private CoalescingWords() {}

    static String current(Ethtool ethtool, String interfaceName) throws EthtoolException {
        EthtoolStruct coalescing = read(ethtool, interfaceName);
        List<String> words = new ArrayList<>();
        for (int i = 0; i < OFFSETS.length; i++) {
            words.add(WORDS.get(i) + " " + text(WORDS.get(i), coalescing.at(OFFSETS[i])));
        }
        return String.join(" ", words);
    }

    static void set(Ethtool ethtool, String interfaceName, String text) throws EthtoolException {
        Map<String, String> values = SettingWords.parse(WHAT, text, WORDS);
        values.forEach(CoalescingWords::number);
        // What has no word here is written back as it was read.
        EthtoolStruct coalescing = read(ethtool, interfaceName).as(EthtoolCommand.SCOALESCE);
        values.forEach((word, value) -> coalescing.put(OFFSETS[WORDS.indexOf(word)], (int) number(word, value)));
        coalescing.call(ethtool, interfaceName);
    }

    static String after(String current, String text) {
        Map<String, String> values = SettingWords.parse(WHAT, current, WORDS);
        values.putAll(SettingWords.parse(WHAT, text, WORDS));
        List<String> words = new ArrayList<>();
        for (String word : WORDS) {
            if (values.containsKey(word)) {
                words.add(word + " " + text(word, number(word, String.valueOf(values.get(word)))));
            }
        }
        return String.join(" ", words);
    }

    private static EthtoolStruct read(Ethtool ethtool, String interfaceName) throws EthtoolException {
        return EthtoolStruct.of(EthtoolCommand.GCOALESCE, LENGTH).call(ethtool, interfaceName);
    }

    private static long number(String word, String value) {
        if (!word.startsWith("adaptive")) {
            return SettingWords.number(WHAT, word, value, U32_MAX);
        }
        if (!value.equals("on") && !value.equals("off")) {
            throw new IllegalArgumentException("cannot set " + WHAT + ": " + word + "=" + ErrorText.quoted(value)
                    + " (expected on or off): there is no such state; fix: correct it");
        }
        return value.equals("on") ? 1 : 0;
    }

    private static String text(String word, long number) {
        if (word.startsWith("adaptive")) {
            return number == 0 ? "off" : "on";
        }
        return Long.toString(number);
    }
}
