package io.fastsocket.transport.listen;

import io.fastsocket.transport.kernel.BpfInstruction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Compiles CPU -> listener index into classic BPF. The line of CPU numbers is cut into segments, each of which is either a
 * run whose index is the CPU number minus a constant, or a gap; a binary search finds the segment. An unknown CPU answers
 * {@link #KERNEL_HASH}.
 *
 * <p>Size: one CPU after the other takes 4 instructions whatever their number; the worst case, no two CPUs in a run and
 * a gap after each, about 5 a CPU (2568 for 512), within the kernel's 4096. Kernels before 6.7 also hold a program to
 * net.core.optmem_max, 20 KiB by default; one they refuse gives way to the next steering.
 */
public final class SteeringProgram {
    /** Outside every group, so the kernel falls back to its hash: u32 maximum. */
    public static final int KERNEL_HASH = -1;

    private SteeringProgram() {}

    /**
     * The program of a mapping.
     *
     * @param listenerByCpu CPU number, from 0, to index in the reuseport group, from 0
     * @throws IllegalArgumentException for a negative CPU or index, or when the program would be too long for the kernel
     */
    public static BpfInstruction[] compile(SortedMap<Integer, Integer> listenerByCpu) {
        List<Segment> segments = segments(listenerByCpu);
        List<BpfInstruction> program = new ArrayList<>();
        program.add(ClassicBpf.loadCpu());
        program.addAll(search(segments));
        if (program.size() > ClassicBpf.INSTRUCTIONS_MAX) {
            throw new IllegalArgumentException("compile failed on steering program: instructions=" + program.size()
                    + " (expected at most " + ClassicBpf.INSTRUCTIONS_MAX + "), CPUs=" + listenerByCpu.size()
                    + "; fix: use SteeringPolicy.incomingCpu()");
        }
        return program.toArray(BpfInstruction[]::new);
    }

    /** CPUs from {@code firstCpu} on, up to the next segment, go to CPU - {@code delta}, or nowhere in a gap. */
    private record Segment(int firstCpu, int delta, boolean gap) {}

    private static List<Segment> segments(SortedMap<Integer, Integer> listenerByCpu) {
        List<Segment> segments = new ArrayList<>();
        int next = 0;
        for (Map.Entry<Integer, Integer> entry : listenerByCpu.entrySet()) {
            int cpu = entry.getKey();
            int index = entry.getValue();
            if (cpu < 0 || index < 0) {
                throw new IllegalArgumentException("compile failed on steering program: cpu=" + cpu + ", index=" + index
                        + " (expected 0 or more)");
            }
            boolean afterGap = cpu > next;
            if (afterGap) {
                segments.add(new Segment(next, 0, true));
            }
            Segment current = segments.isEmpty() ? null : segments.get(segments.size() - 1);
            if (current == null || current.gap() || current.delta() != cpu - index) {
                segments.add(new Segment(cpu, cpu - index, false));
            }
            next = cpu + 1;
        }
        segments.add(new Segment(next, 0, true));
        return segments;
    }

    private static List<BpfInstruction> search(List<Segment> segments) {
        if (segments.size() == 1) {
            return leaf(segments.get(0));
        }
        int middle = segments.size() / 2;
        List<BpfInstruction> below = search(segments.subList(0, middle));
        List<BpfInstruction> program = new ArrayList<>();
        int pivot = segments.get(middle).firstCpu();
        if (below.size() <= ClassicBpf.CONDITIONAL_JUMP_MAX) {
            program.add(ClassicBpf.jumpIfAtLeast(pivot, below.size(), 0));
        } else {
            program.add(ClassicBpf.jumpIfAtLeast(pivot, 0, 1));
            program.add(ClassicBpf.jump(below.size()));
        }
        program.addAll(below);
        program.addAll(search(segments.subList(middle, segments.size())));
        return program;
    }

    private static List<BpfInstruction> leaf(Segment segment) {
        if (segment.gap()) {
            return List.of(ClassicBpf.answer(KERNEL_HASH));
        }
        if (segment.delta() == 0) {
            return List.of(ClassicBpf.answerAccumulator());
        }
        return List.of(ClassicBpf.subtract(segment.delta()), ClassicBpf.answerAccumulator());
    }
}
