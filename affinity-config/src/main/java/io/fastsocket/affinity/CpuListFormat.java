package io.fastsocket.affinity;

import io.fastsocket.affinity.system.ErrorText;
import java.util.BitSet;

/** The kernel's list form of a CPU set, {@code "0-3,8"}: what {@code %*pbl} prints. */
final class CpuListFormat {
    /** Above the 20 479 characters of every other CPU of 8192, the longest list the kernel writes. */
    static final int LENGTH_MAX = 64 * 1024;

    private final String list;
    private final BitSet bits = new BitSet();
    private int position;

    private CpuListFormat(String list) {
        this.list = list;
    }

    static BitSet parse(String list) {
        return new CpuListFormat(list).parse();
    }

    static String format(BitSet bits) {
        StringBuilder list = new StringBuilder();
        for (int from = bits.nextSetBit(0); from >= 0; ) {
            int to = bits.nextClearBit(from) - 1;
            list.append(list.isEmpty() ? "" : ",").append(from);
            if (to > from) {
                list.append('-').append(to);
            }
            from = bits.nextSetBit(to + 1);
        }
        return list.toString();
    }

    private BitSet parse() {
        if (list.length() > LENGTH_MAX) {
            throw malformed(
                    "it has " + list.length() + " characters, the limit is " + LENGTH_MAX,
                    "join neighbouring CPUs into ranges");
        }
        if (list.isEmpty()) {
            return bits;
        }
        parseRange();
        while (position < list.length()) {
            if (list.charAt(position) != ',') {
                throw unexpectedCharacter();
            }
            position++;
            parseRange();
        }
        return bits;
    }

    private void parseRange() {
        int start = position;
        int from = parseCpu();
        if (position == list.length() || list.charAt(position) != '-') {
            bits.set(from);
            return;
        }
        position++;
        int to = parseCpu();
        if (to < from) {
            throw malformed("the range at character " + start + " runs backwards", "write " + to + "-" + from);
        }
        bits.set(from, to + 1);
    }

    private int parseCpu() {
        int start = position;
        int cpu = 0;
        // Not Character.digit(): that would also take the digits of other scripts.
        while (position < list.length() && list.charAt(position) >= '0' && list.charAt(position) <= '9') {
            cpu = cpu * 10 + (list.charAt(position) - '0');
            if (cpu > CpuSet.CPU_MAX) {
                throw malformed(
                        "the CPU number at character " + start + " is above " + CpuSet.CPU_MAX,
                        "use CPU numbers 0.." + CpuSet.CPU_MAX);
            }
            position++;
        }
        if (position > start) {
            return cpu;
        }
        if (position < list.length() && list.charAt(position) != ',') {
            throw unexpectedCharacter();
        }
        throw malformed("no CPU number at character " + position, "write one there or remove the comma or dash");
    }

    private IllegalArgumentException unexpectedCharacter() {
        return malformed(
                "unexpected " + ErrorText.character(list.charAt(position)) + " at character " + position,
                "use digits 0-9, commas and dashes alone");
    }

    private IllegalArgumentException malformed(String cause, String fix) {
        return new IllegalArgumentException("cannot parse a CPU list: list=" + ErrorText.quoted(list)
                + " (expected a list like \"0-3,8\"): " + cause + "; fix: " + fix);
    }
}
