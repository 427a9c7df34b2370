package io.fastsocket.perf.inspect;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A function's part of a process's CPU time, without what it calls.
 *
 * @param name as {@code perf} shows it
 * @param share of all samples, 0 to 1
 */
public record FunctionShare(String name, Kind kind, double share) {
    /** Whose code it is. */
    public enum Kind {
        KERNEL,
        /** The JVM's own: its interpreter's stubs, compilers and collectors. */
        JVM,
        /** Compiled Java methods. */
        JAVA,
        /** A library or a program in C. */
        NATIVE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Between fields of the report: no name has it. */
    static final String SEPARATOR = "\t";

    private static final double PERCENT = 100;
    private static final int FIELDS = 3;

    /** The lines of {@code perf report -F overhead,dso,sym -t TAB}, the largest first. */
    static List<FunctionShare> parse(String report) {
        List<FunctionShare> functions = new ArrayList<>();
        for (String line : report.lines().toList()) {
            String[] fields = line.split(SEPARATOR, FIELDS);
            if (fields.length == FIELDS && !line.startsWith("#")) {
                double share = Double.parseDouble(fields[0].strip().replace("%", "")) / PERCENT;
                functions.add(new FunctionShare(name(fields[2]), kind(fields[1].strip()), share));
            }
        }
        return functions;
    }

    /** Without the mark of its space, as in {@code [k] tcp_v4_rcv}, and for Java without return type and parameters. */
    private static String name(String symbol) {
        String name = symbol.strip().replaceFirst("^\\[[.kguH]] +", "");
        return name.replaceFirst("^\\S+ (\\S+)\\(.*\\)$", "$1");
    }

    private static Kind kind(String dso) {
        if (dso.startsWith("[kernel") || dso.startsWith("[guest") || dso.startsWith("bpf_prog")) {
            return Kind.KERNEL;
        }
        if (dso.equals("libjvm.so")) {
            return Kind.JVM;
        }
        return dso.startsWith("[JIT]") || dso.startsWith("perf-") ? Kind.JAVA : Kind.NATIVE;
    }
}
