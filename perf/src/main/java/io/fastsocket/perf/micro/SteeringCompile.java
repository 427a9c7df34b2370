package io.fastsocket.perf.micro;

import io.fastsocket.transport.kernel.BpfInstruction;
import io.fastsocket.transport.listen.SteeringProgram;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * One steering program compiled to classic BPF, as after each change of the listeners; not what the kernel does with it: for listeners
 * in the order of the CPUs, and, beside it, in any order, which takes the most instructions.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up first
public class SteeringCompile {
    /** CPUs from 0 on, each with a listener. */
    @Param({"1", "8", "64"})
    public int cpus;

    private SortedMap<Integer, Integer> inOrder;
    private SortedMap<Integer, Integer> shuffled;

    /** Which listener each CPU has. */
    @Setup
    public void setUp() {
        List<Integer> listeners = IntStream.range(0, cpus).boxed().collect(Collectors.toList());
        inOrder = byCpu(listeners);
        Collections.shuffle(listeners, new Random(1));
        shuffled = byCpu(listeners);
    }

    private static SortedMap<Integer, Integer> byCpu(List<Integer> listeners) {
        SortedMap<Integer, Integer> listenerByCpu = new TreeMap<>();
        listeners.forEach(listener -> listenerByCpu.put(listenerByCpu.size(), listener));
        return listenerByCpu;
    }

    /** As right after bind. */
    @Benchmark
    public BpfInstruction[] inOrder() {
        return SteeringProgram.compile(inOrder);
    }

    /** As after listeners were closed and opened again. */
    @Benchmark
    public BpfInstruction[] shuffled() {
        return SteeringProgram.compile(shuffled);
    }
}
