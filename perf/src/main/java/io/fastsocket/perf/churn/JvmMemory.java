package io.fastsocket.perf.churn;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what {@code jcmd} prints about the memory of a JVM. */
final class JvmMemory {
    private static final Pattern GENERATION = Pattern.compile("total \\d+K, used (\\d+)K");
    private static final Pattern OTHER = Pattern.compile("- +Other \\(reserved=\\d+KB, committed=(\\d+)KB\\)");
    private static final Pattern TOTAL = Pattern.compile("Total: reserved=\\d+KB");

    private JvmMemory() {}

    /**
     * Heap in use, bytes, from {@code GC.heap_info}: one line with G1, one for each generation with the serial and parallel
     * collectors. Metaspace has no total there and is not counted.
     *
     * @throws IllegalArgumentException if no line tells
     */
    static long heapBytes(String heapInfo) {
        Matcher matcher = GENERATION.matcher(heapInfo);
        if (!matcher.find()) {
            throw new IllegalArgumentException("cannot read jcmd GC.heap_info: output=\"" + heapInfo.strip()
                    + "\" (expected \"total xK, used yK\")");
        }
        long kibibytes = 0;
        do {
            kibibytes += Long.parseLong(matcher.group(1));
        } while (matcher.find());
        return kibibytes * 1024;
    }

    /**
     * Memory that Java code has allocated outside the heap, bytes, from {@code VM.native_memory summary scale=KB}: the
     * category Other, which holds direct byte buffers whichever way they were made. It is not printed while it is empty.
     *
     * @throws IllegalArgumentException if native memory tracking is off
     */
    static long directBytes(String nativeMemory) {
        if (!TOTAL.matcher(nativeMemory).find()) {
            throw new IllegalArgumentException("cannot read jcmd VM.native_memory: output=\"" + nativeMemory.strip()
                    + "\" (expected a summary; fix: start the JVM with -XX:NativeMemoryTracking=summary)");
        }
        Matcher matcher = OTHER.matcher(nativeMemory);
        return matcher.find() ? Long.parseLong(matcher.group(1)) * 1024 : 0;
    }
}
