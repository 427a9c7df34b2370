package io.fastsocket.perf.server;

import java.util.List;

/**
 * CPU time a process has used, in clock ticks ({@code getconf CLK_TCK} of them make a second): fields {@code utime} and
 * {@code stime} of {@code /proc/PID/stat}, proc(5). They cover all threads, also those that have ended.
 */
record CpuTicks(long user, long system) {
    /** Places counted from the field after the command name: {@code utime} is the 14th of the line, the name the 2nd. */
    private static final int USER_INDEX = 14 - 3;

    private static final int SYSTEM_INDEX = 15 - 3;

    /**
     * Reads a line of {@code /proc/PID/stat}.
     *
     * @throws IllegalArgumentException if it is no such line
     */
    static CpuTicks parse(String statLine) {
        // The command name may hold blanks and parentheses itself, so that the last parenthesis is the one to go by.
        int nameEnd = statLine.lastIndexOf(')');
        List<String> fields = List.of(statLine.substring(nameEnd + 1).strip().split(" "));
        if (nameEnd < 0 || fields.size() <= SYSTEM_INDEX) {
            throw new IllegalArgumentException(
                    "cannot read /proc/PID/stat: line=\"" + statLine + "\" (expected at least 15 fields)");
        }
        return new CpuTicks(Long.parseLong(fields.get(USER_INDEX)), Long.parseLong(fields.get(SYSTEM_INDEX)));
    }
}
