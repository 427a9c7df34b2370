package io.fastsocket.perf.hostile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What one server has made of hostile traffic, and what is wrong about that. */
public record HostileResult(
        String engine,
        String server,
        long seed,
        Traffic.Sum sum,
        List<String> complaints,
        int filesBefore,
        int filesAfter,
        long heapBytesBefore,
        long heapBytesAfter,
        boolean alive,
        int exitCode) {
    private static final int COMPLAINTS_SHOWN_MAX = 3;
    private static final int COMPLAINT_LENGTH_MAX = 600;

    /** What is not as it should be; empty if nothing is. */
    public List<String> violations() {
        List<String> violations = new ArrayList<>();
        if (!complaints.isEmpty()) {
            violations.add("wrote " + complaints.size() + " lines, " + WatchedServer.warnings(complaints)
                    + " of them WARN or ERROR (expected none)");
            complaints.stream()
                    .limit(COMPLAINTS_SHOWN_MAX)
                    .map(line -> line.substring(0, Math.min(line.length(), COMPLAINT_LENGTH_MAX)))
                    .forEach(violations::add);
        }
        if (!sum.faults().isEmpty()) {
            violations.add("a client that behaves was not served: " + String.join("; ", sum.faults()));
        }
        if (!alive) {
            violations.add("ended by itself");
        }
        if (!HostileRun.isFlat(filesBefore, filesAfter)) {
            violations.add("keeps " + filesAfter + " descriptors (expected " + filesBefore + " as before)");
        }
        if (heapBytesAfter > heapBytesBefore + HostileRun.HEAP_SLACK_BYTES) {
            violations.add("keeps " + heapBytesAfter + " bytes of heap (expected " + heapBytesBefore
                    + " as before, and " + HostileRun.HEAP_SLACK_BYTES + " at most)");
        }
        if (exitCode != 0) {
            violations.add("ended with exit code " + exitCode + " after SIGTERM (expected 0; -1: did not end)");
        }
        return violations;
    }

    /** One line for people. */
    public String line() {
        return String.format(
                "%-8s %-24s %8d connections %12d bytes %6d probes %6d log lines  files %d -> %d  heap %d -> %d KiB  exit %d",
                engine,
                server,
                sum.connections(),
                sum.bytes(),
                sum.probes(),
                complaints.size(),
                filesBefore,
                filesAfter,
                heapBytesBefore >> 10,
                heapBytesAfter >> 10,
                exitCode);
    }

    /** The same for programs. */
    public Map<String, Object> figures() {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("engine", engine);
        figures.put("server", server);
        figures.put("seed", seed);
        figures.put("connections", sum.connections());
        figures.put("bytes", sum.bytes());
        figures.put("probes", sum.probes());
        figures.put("probesFailed", sum.faults());
        figures.put("logLines", complaints.size());
        figures.put("logWarnings", WatchedServer.warnings(complaints));
        figures.put("filesBefore", filesBefore);
        figures.put("filesAfter", filesAfter);
        figures.put("heapBytesBefore", heapBytesBefore);
        figures.put("heapBytesAfter", heapBytesAfter);
        figures.put("exitCode", exitCode);
        figures.put("violations", violations());
        return figures;
    }
}
