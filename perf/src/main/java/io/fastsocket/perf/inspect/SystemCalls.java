package io.fastsocket.perf.inspect;

import java.util.List;

/**
 * System calls of a process while it was watched.
 *
 * @param all of any kind
 * @param enters of these, {@code io_uring_enter}
 */
record SystemCalls(long all, long enters) {
    private static final String ALL = "raw_syscalls:sys_enter";
    private static final String ENTERS = "syscalls:sys_enter_io_uring_enter";
    private static final int FIELDS_MIN = 3;

    /** How {@code perf} is called to count them. */
    static List<String> perfOptions() {
        return List.of("stat", "-x", ";", "-e", ALL, "-e", ENTERS);
    }

    /** The lines {@code COUNT;;EVENT;...}; what could not be counted is 0. */
    static SystemCalls parse(String report) {
        long all = 0;
        long enters = 0;
        for (String line : report.lines().toList()) {
            String[] fields = line.split(";", -1);
            if (fields.length < FIELDS_MIN || !fields[0].matches("\\d+")) {
                continue;
            }
            long count = Long.parseLong(fields[0]);
            if (fields[2].startsWith(ALL)) {
                all = count;
            } else if (fields[2].startsWith(ENTERS)) {
                enters = count;
            }
        }
        return new SystemCalls(all, enters);
    }
}
