package io.fastsocket.affinity.tuning;

import io.fastsocket.affinity.CpuSet;
import java.util.HashSet;
import java.util.Set;

/** When two texts of one setting mean the same: the kernel writes values in its own way, {@code "00000003"} for {@code "3"}. */
final class Values {
    private Values() {}

    static boolean same(Setting setting, String one, String other) {
        String left = one.strip();
        String right = other.strip();
        if (left.equals(right)) {
            return true;
        }
        if (setting instanceof Setting.KernelFile file) {
            return sameFile(file.path(), left, right);
        }
        return !(setting instanceof Setting.ConfigFile) && words(left).equals(words(right));
    }

    /** Whether {@code found} has every pair of a word and its value that {@code expected} has: {@code "rx 4 tx 4"}. */
    static boolean sameWordsOf(String expected, String found) {
        return pairs(found).containsAll(pairs(expected));
    }

    private static Set<String> pairs(String text) {
        String[] words = text.strip().split("\\s+", -1);
        Set<String> pairs = new HashSet<>();
        for (int index = 0; index + 1 < words.length; index += 2) {
            pairs.add(words[index] + " " + words[index + 1]);
        }
        return pairs;
    }

    private static boolean sameFile(String path, String one, String other) {
        try {
            if (path.endsWith("_list")) {
                return CpuSet.parseList(one).equals(CpuSet.parseList(other));
            }
            if (path.endsWith("_cpus") || path.endsWith("_rxqs")) {
                return CpuSet.parseMask(one).equals(CpuSet.parseMask(other));
            }
        } catch (IllegalArgumentException malformed) {
            return false;
        }
        return words(one).equals(words(other));
    }

    private static String words(String text) {
        return text.replaceAll("\\s+", " ");
    }
}
