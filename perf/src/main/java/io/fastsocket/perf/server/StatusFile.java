package io.fastsocket.perf.server;

import java.util.Locale;

/**
 * The fields used of a {@code /proc/PID/status} file, proc(5).
 *
 * @param residentBytes {@code VmRSS}; 0 where the field is missing, as in a process that is just ending
 * @param contextSwitches {@code voluntary_ctxt_switches} and {@code nonvoluntary_ctxt_switches} together
 */
record StatusFile(long residentBytes, long contextSwitches) {
    static StatusFile parse(String text) {
        long residentBytes = 0;
        long contextSwitches = 0;
        for (String line : text.lines().toList()) {
            int colon = line.indexOf(':');
            if (colon < 0) {
                continue;
            }
            String value = line.substring(colon + 1).strip();
            switch (line.substring(0, colon)) {
                case "VmRSS" -> residentBytes = kibibytes(value) * 1024;
                case "voluntary_ctxt_switches", "nonvoluntary_ctxt_switches" ->
                    contextSwitches += Long.parseLong(value);
                default -> {}
            }
        }
        return new StatusFile(residentBytes, contextSwitches);
    }

    private static long kibibytes(String value) {
        return Long.parseLong(value.toLowerCase(Locale.ROOT).replace("kb", "").strip());
    }
}
