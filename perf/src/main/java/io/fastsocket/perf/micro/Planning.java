package io.fastsocket.perf.micro;

import io.fastsocket.affinity.AffinityPlan;
import io.fastsocket.affinity.CpuTopology;
import io.fastsocket.affinity.PlacementPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
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
import org.openjdk.jmh.annotations.TearDown;

/** What a group's start computes: the machine read from files, and the plan of its loops. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up first
public class Planning {
    /** CPUs of the machine, two on each core. */
    @Param({"2", "8", "64"})
    public int cpus;

    private Path root;
    private CpuTopology topology;

    /** A machine in files, as the kernel shows it. */
    @Setup
    public void setUp() throws IOException {
        root = Files.createTempDirectory("fastsocket-planning");
        Path system = root.resolve("sys/devices/system/cpu");
        for (int cpu = 0; cpu < cpus; cpu++) {
            Path files = Files.createDirectories(system.resolve("cpu" + cpu + "/topology"));
            int core = cpu / 2;
            Files.writeString(files.resolve("core_id"), core + "\n");
            Files.writeString(files.resolve("physical_package_id"), "0\n");
            Files.writeString(files.resolve("core_cpus_list"), 2 * core + "-" + (2 * core + 1) + "\n");
        }
        Files.writeString(system.resolve("online"), "0-" + (cpus - 1) + "\n");
        topology = CpuTopology.read(root);
    }

    /** Deletes the files. */
    @TearDown
    public void tearDown() throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(root)) {
            files = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
    }

    /** The machine read. */
    @Benchmark
    public CpuTopology read() {
        return CpuTopology.read(root);
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
