package io.fastsocket.perf.micro;

import io.fastsocket.transport.kernel.BpfInstruction;
import io.fastsocket.transport.listen.SteeringProgram;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One steering program compiled: for CPUs in a row, and for every other CPU, which takes the most instructions. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up first
public class SteeringCompile {
    /** Loops, each on a CPU of its own. */
    @Param({"2", "8", "64", "512"})
    public int loops;

    private SortedMap<Integer, Integer> row;
    private SortedMap<Integer, Integer> gaps;

    /** Listeners by CPU. */
    @Setup
    public void setUp() {
        row = new TreeMap<>();
        gaps = new TreeMap<>();
        for (int loop = 0; loop < loops; loop++) {
            row.put(loop, loop);
            gaps.put(2 * loop, loop);
        }
    }

    /** CPUs in a row. */
    @Benchmark
    public BpfInstruction[] row() {
        return SteeringProgram.compile(row);
    }

    /** Every other CPU. */
    @Benchmark
    public BpfInstruction[] gaps() {
        return SteeringProgram.compile(gaps);
    }
}
