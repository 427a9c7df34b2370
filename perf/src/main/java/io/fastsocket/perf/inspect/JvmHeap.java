package io.fastsocket.perf.inspect;

import io.fastsocket.perf.server.SystemProgram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The heap of another JVM with the parallel collector, by {@code jcmd} and the log of its collections. */
public final class JvmHeap {
    /** A line such as {@code  PSYoungGen      total 76288K, used 5243K [0x0...)}. */
    private static final Pattern GENERATION = Pattern.compile("Gen\\s+total \\d+K, used (\\d+)K");

    /** A line such as {@code ... GC(0) PSYoungGen: 65536K(76288K)->2320K(76288K) Eden: ...}. */
    private static final Pattern COLLECTED = Pattern.compile("Gen: (\\d+)K\\(\\d+K\\)->(\\d+)K\\(");

    /** The end of a line such as {@code ... GC(0) Pause Young (Allocation Failure) 65M->1M(247M) 1.234ms}. */
    private static final Pattern PAUSE = Pattern.compile(" Pause .* ([0-9.]+)ms$");

    /** The last line of a class histogram: the number of objects and their bytes. */
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total +\\d+ +(\\d+)$");

    private static final int KIBIBYTE = 1024;

    private final long pid;

    /** @param pid a JVM of this user */
    public JvmHeap(long pid) {
        this.pid = pid;
    }

    /**
     * What the JVM must be started with for {@link #collections}.
     *
     * @param log the file to write
     */
    public static List<String> jvmOptions(Path log) {
        return List.of("-Xlog:gc,gc+heap:file=" + log + "::filecount=0");
    }

    /** Whether this JVM brings {@code jcmd}, as a JDK does. */
    public static boolean isAvailable() {
        return Files.isExecutable(jcmd());
    }

    /**
     * Bytes used, garbage included.
     *
     * @throws IOException if the JVM does not answer, or has another collector
     */
    public long usedBytes() throws IOException, InterruptedException {
        return usedBytes(ask("GC.heap_info"));
    }

    static long usedBytes(String heapInfo) throws IOException {
        Matcher matcher = GENERATION.matcher(heapInfo);
        long sum = 0;
        int generations = 0;
        for (; matcher.find(); generations++) {
            sum += Long.parseLong(matcher.group(1)) * KIBIBYTE;
        }
        if (generations != 2) {
            throw new IOException("GC.heap_info: generations=" + generations
                    + " (expected 2, of the parallel collector): " + heapInfo.strip());
        }
        return sum;
    }

    /**
     * Bytes of live objects, after a collection of all garbage. What is used counts the allocation buffers of threads whole, which
     * in a large heap are megabytes.
     */
    public long liveBytes() throws IOException, InterruptedException {
        return liveBytes(ask("GC.class_histogram"));
    }

    static long liveBytes(String histogram) throws IOException {
        Matcher matcher = TOTAL.matcher(histogram);
        if (!matcher.find()) {
            throw new IOException("GC.class_histogram has no line Total: " + histogram.strip());
        }
        return Long.parseLong(matcher.group(1));
    }

    /** Writes {@code /tmp/perf-PID.map}, by which {@code perf} knows the names of compiled methods. */
    void writePerfMap() throws IOException, InterruptedException {
        ask("Compiler.perfmap");
    }

    private String ask(String command) throws IOException, InterruptedException {
        SystemProgram.Output output = SystemProgram.run(List.of(jcmd().toString(), Long.toString(pid), command));
        if (output.exitCode() != 0) {
            throw new IOException("jcmd " + pid + " " + command + " failed: " + output.text());
        }
        return output.text();
    }

    private static Path jcmd() {
        return Path.of(System.getProperty("java.home"), "bin", "jcmd");
    }

    /**
     * Collections of a JVM, summed.
     *
     * @param freedBytes what they freed
     * @param pauseMillis how long they stopped its threads
     */
    public record Collections(long freedBytes, double pauseMillis) {
        /** Those in this sum and not in an earlier one. */
        Collections since(Collections earlier) {
            return new Collections(freedBytes - earlier.freedBytes, pauseMillis - earlier.pauseMillis);
        }
    }

    /** All collections so far in a log that {@link #jvmOptions} had written. */
    public static Collections collections(Path log) throws IOException {
        return collections(Files.readString(log, StandardCharsets.UTF_8));
    }

    static Collections collections(String log) {
        long freed = 0;
        double millis = 0;
        for (String line : log.lines().toList()) {
            Matcher collected = COLLECTED.matcher(line);
            if (collected.find()) {
                freed += (Long.parseLong(collected.group(1)) - Long.parseLong(collected.group(2))) * KIBIBYTE;
            }
            Matcher pause = PAUSE.matcher(line);
            if (pause.find()) {
                millis += Double.parseDouble(pause.group(1));
            }
        }
        return new Collections(freed, millis);
    }
}
