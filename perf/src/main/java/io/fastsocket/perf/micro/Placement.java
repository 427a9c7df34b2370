package io.fastsocket.perf.micro;

import io.fastsocket.affinity.AffinityPlan;
import io.fastsocket.affinity.CpuTopology;
import io.fastsocket.affinity.PlacementPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One plan: which CPU each loop of a group runs on, as when a group starts, by a topology that has been read. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up first
public class Placement {
    /** CPUs of the machine, two to a core where there are two. */
    @Param({"1", "8", "64"})
    public int cpus;

    private CpuTopology topology;

    /** Records a machine and reads it. */
    @Setup
    public void setUp() throws IOException {
        Path root = Files.createTempDirectory("placement");
        try {
            record(root.resolve("sys/devices/system/cpu"));
            topology = CpuTopology.read(root);
        } finally {
            delete(root);
        }
    }

    private void record(Path files) throws IOException {
        int cores = Math.max(1, cpus / 2);
        write(files.resolve("online"), "0-" + (cpus - 1));
        for (int cpu = 0; cpu < cpus; cpu++) {
            int core = cpu % cores;
            Path directory = files.resolve("cpu" + cpu).resolve("topology");
            write(directory.resolve("core_id"), Integer.toString(core));
            write(directory.resolve("physical_package_id"), "0");
            write(directory.resolve("core_cpus_list"), cores == cpus ? "0" : core + "," + (core + cores));
        }
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text + "\n");
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** A loop for each CPU. */
    @Benchmark
    public AffinityPlan onePerCpu() {
        return PlacementPolicy.onePerCpu().plan(topology, 0);
    }

    /** A loop for each core. */
    @Benchmark
    public AffinityPlan onePerCore() {
        return PlacementPolicy.onePerCore().plan(topology, 0);
    }
}
