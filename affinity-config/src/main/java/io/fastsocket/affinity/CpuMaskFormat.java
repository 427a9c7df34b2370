package io.fastsocket.affinity;

import io.fastsocket.affinity.system.ErrorText;
import java.util.BitSet;
import java.util.HexFormat;

/** The kernel's mask form of a CPU set, {@code "1,00000003"}: what {@code %*pb} prints. */
final class CpuMaskFormat {
    private static final int GROUP_CPUS = 32;
    private static final int GROUP_DIGITS = GROUP_CPUS / 4;
    private static final int GROUPS_MAX = (CpuSet.CPU_MAX + 1) / GROUP_CPUS;
    private static final int LENGTH_MAX = GROUPS_MAX * (GROUP_DIGITS + 1) - 1;

    private CpuMaskFormat() {}

    static BitSet parse(String mask) {
        if (mask.length() > LENGTH_MAX) {
            throw malformed(
                    mask,
                    "it has " + mask.length() + " characters, the limit is " + LENGTH_MAX,
                    "leave out leading groups of zeros");
        }
        BitSet bits = new BitSet();
        int firstCpu = 0;
        // From the last group, that of CPUs 0..31, to the first.
        for (int end = mask.length(); end >= 0; firstCpu += GROUP_CPUS) {
            int start = mask.lastIndexOf(',', end - 1) + 1;
            parseGroup(mask, start, end, firstCpu, bits);
            end = start - 1;
        }
        return bits;
    }

    static String format(BitSet bits) {
        int highestGroup = Math.max(0, bits.length() - 1) / GROUP_CPUS;
        StringBuilder mask = new StringBuilder(Integer.toHexString(group(bits, highestGroup)));
        for (int index = highestGroup - 1; index >= 0; index--) {
            mask.append(',').append(HexFormat.of().toHexDigits(group(bits, index)));
        }
        return mask.toString();
    }

    private static int group(BitSet bits, int index) {
        long[] group = bits.get(index * GROUP_CPUS, (index + 1) * GROUP_CPUS).toLongArray();
        return group.length == 0 ? 0 : (int) group[0];
    }

    private static void parseGroup(String mask, int start, int end, int firstCpu, BitSet bits) {
        int digits = end - start;
        if (digits == 0 || digits > GROUP_DIGITS || (start > 0 && digits != GROUP_DIGITS)) {
            throw malformed(
                    mask,
                    "the group at character " + start + " has " + digits + " digits",
                    "write eight digits in every group, or fewer in the first one");
        }
        for (int position = start; position < end; position++) {
            int digit = hexDigit(mask.charAt(position));
            if (digit < 0) {
                throw malformed(
                        mask,
                        "unexpected " + ErrorText.character(mask.charAt(position)) + " at character " + position,
                        "use hexadecimal digits and commas alone");
            }
            int lowestCpu = firstCpu + (end - 1 - position) * 4;
            for (int bit = 0; bit < 4; bit++) {
                bits.set(lowestCpu + bit, (digit >> bit & 1) == 1);
            }
        }
    }

    /** Not {@code Character.digit()}: that would also take the digits of other scripts. */
    private static int hexDigit(char c) {
        return c < 0x80 ? Character.digit(c, 16) : -1;
    }

    private static IllegalArgumentException malformed(String mask, String cause, String fix) {
        return new IllegalArgumentException("cannot parse a CPU mask: mask=" + ErrorText.quoted(mask)
                + " (expected hexadecimal groups like \"1,00000003\"): " + cause + "; fix: " + fix);
    }
}
