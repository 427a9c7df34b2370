package io.fastsocket.affinity.system;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Pairs of a word and its value, divided by blanks, as ethtool(8) takes them on its command line. */
final class SettingWords {
    private static final int LENGTH_MAX = 1024;

    private SettingWords() {}

    /**
     * The values by their words, in the order of the text.
     *
     * @param what what the words are of, for the error
     * @param known the words there are
     * @throws IllegalArgumentException if there are none, others, one without a value or one twice
     */
    static Map<String, String> parse(String what, String text, List<String> known) {
        if (text.length() > LENGTH_MAX) {
            throw malformed(what, text, known, "it is longer than " + LENGTH_MAX + " characters");
        }
        String[] words = text.strip().split("\\s+", -1);
        if (words.length % 2 != 0) {
            throw malformed(
                    what, text, known, text.isBlank() ? "there is nothing in it" : "the last word has no value");
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < words.length; i += 2) {
            if (!known.contains(words[i])) {
                throw malformed(what, text, known, "there is no word " + ErrorText.quoted(words[i]));
            }
            if (values.put(words[i], words[i + 1]) != null) {
                throw malformed(what, text, known, words[i] + " stands there twice");
            }
        }
        return values;
    }

    /** A number from 0 to {@code max}, at most 4294967295, ASCII digits alone. */
    static long number(String what, String word, String value, long max) {
        boolean digits = value.length() <= 10 && value.chars().allMatch(c -> c >= '0' && c <= '9');
        long number = digits && !value.isEmpty() ? Long.parseLong(value) : -1;
        if (number < 0 || number > max) {
            throw new IllegalArgumentException("cannot set " + what + ": " + word + "=" + ErrorText.quoted(value)
                    + " (expected 0 to " + max + "): this is no such number; fix: correct it");
        }
        return number;
    }

    static IllegalArgumentException malformed(String what, String text, List<String> known, String cause) {
        return new IllegalArgumentException("cannot set " + what + ": words=" + ErrorText.quoted(text) + " (expected "
                + String.join(" N, ", known) + " N): " + cause + "; fix: write it as ethtool(8) takes it");
    }
}
