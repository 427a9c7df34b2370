package io.fastsocket.affinity;

import static java.util.Objects.requireNonNull;

import java.util.BitSet;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * An immutable set of CPU numbers, {@code 0..}{@value #CPU_MAX}, that speaks both of the kernel's text forms: the list
 * ({@code "0-3,8"}, as in {@code /sys/devices/system/cpu/online}) and the mask ({@code "10f"}, as in
 * {@code /proc/irq/N/smp_affinity}).
 *
 * <p>It is iterated in ascending order. Instances are safe for use by any thread.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/cpuset.7.html">cpuset(7), Formats</a>
 */
public final class CpuSet implements Iterable<Integer> {
    /** The highest CPU number: the x86-64 kernel is built for at most 8192 CPUs ({@code NR_CPUS}). */
    static final int CPU_MAX = 8191;

    private static final CpuSet EMPTY = new CpuSet(new BitSet());

    /** Never changed and never handed out. */
    private final BitSet bits;

    private CpuSet(BitSet bits) {
        this.bits = bits;
    }

    /** The set without any CPU. */
    public static CpuSet empty() {
        return EMPTY;
    }

    /**
     * The set of these CPUs, in any order; one named twice counts once.
     *
     * @throws IllegalArgumentException if a number is outside {@code 0..}{@value #CPU_MAX}
     */
    public static CpuSet of(int... cpus) {
        BitSet bits = new BitSet();
        for (int cpu : cpus) {
            bits.set(requireCpu(cpu));
        }
        return new CpuSet(bits);
    }

    /**
     * The CPUs whose bits are set; later changes to {@code bits} do not show.
     *
     * @throws IllegalArgumentException if a bit above {@value #CPU_MAX} is set
     */
    public static CpuSet copyOf(BitSet bits) {
        if (bits.length() > 0) {
            requireCpu(bits.length() - 1);
        }
        return new CpuSet((BitSet) bits.clone());
    }

    /**
     * Reads the kernel's list form: CPU numbers and ascending ranges, divided by commas, such as {@code "0-3,8"}. The
     * empty text is the empty set. Spaces, line ends and the stride form {@code "0-10:2/4"}, which the kernel reads but
     * never writes, are refused. Time and memory are bounded whatever the text is.
     *
     * @throws IllegalArgumentException if the text is malformed, names a CPU above {@value #CPU_MAX}, or is longer than
     *     64 Ki characters
     */
    public static CpuSet parseList(String list) {
        return new CpuSet(CpuListFormat.parse(requireNonNull(list, "list")));
    }

    /**
     * Reads the kernel's mask form: hexadecimal groups of 32 bits, highest first, divided by commas, such as
     * {@code "1,00000003"} for CPUs 0, 1 and 32. The first group has one to eight digits, every other exactly eight.
     * Time and memory are bounded whatever the text is.
     *
     * @throws IllegalArgumentException if the text is malformed or has more than 256 groups (8192 CPUs)
     */
    public static CpuSet parseMask(String mask) {
        return new CpuSet(CpuMaskFormat.parse(requireNonNull(mask, "mask")));
    }

    public boolean contains(int cpu) {
        return cpu >= 0 && bits.get(cpu);
    }

    /** Whether every CPU of {@code other} is in this set. */
    boolean containsAll(CpuSet other) {
        return other.minus(this).isEmpty();
    }

    /** How many CPUs the set has. */
    public int size() {
        return bits.cardinality();
    }

    public boolean isEmpty() {
        return bits.isEmpty();
    }

    /**
     * The lowest CPU number of the set.
     *
     * @throws NoSuchElementException if the set is empty
     */
    public int first() {
        if (bits.isEmpty()) {
            throw new NoSuchElementException("no first CPU in a CPU set: cpus=\"\" (expected at least one CPU):"
                    + " the set is empty; fix: ask isEmpty() before first()");
        }
        return bits.nextSetBit(0);
    }

    /** The lowest {@code cpusMax} CPUs of the set, or all where it has fewer. */
    CpuSet lowest(int cpusMax) {
        return of(bits.stream().limit(cpusMax).toArray());
    }

    /** The CPUs that are in this set, in {@code other}, or in both. */
    public CpuSet union(CpuSet other) {
        BitSet result = toBitSet();
        result.or(other.bits);
        return new CpuSet(result);
    }

    /** The CPUs that are in both sets. */
    public CpuSet intersect(CpuSet other) {
        BitSet result = toBitSet();
        result.and(other.bits);
        return new CpuSet(result);
    }

    /** The CPUs of this set that are not in {@code other}. */
    public CpuSet minus(CpuSet other) {
        BitSet result = toBitSet();
        result.andNot(other.bits);
        return new CpuSet(result);
    }

    /** A new array of the CPU numbers, ascending. */
    public int[] toArray() {
        return bits.stream().toArray();
    }

    /** A new bit set, bit {@code n} for CPU {@code n}. */
    public BitSet toBitSet() {
        return (BitSet) bits.clone();
    }

    /** The shortest list that names this set, as the kernel writes it: {@code "0-3,8"}; empty for the empty set. */
    public String toListString() {
        return CpuListFormat.format(bits);
    }

    /**
     * The mask as the kernel writes it, {@code "1,00000003"}, without leading zeros; {@code "0"} for the empty set. The
     * kernel takes this shorter form in every mask file.
     */
    public String toMaskString() {
        return CpuMaskFormat.format(bits);
    }

    @Override
    public Iterator<Integer> iterator() {
        return bits.stream().iterator();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CpuSet that && bits.equals(that.bits);
    }

    @Override
    public int hashCode() {
        return bits.hashCode();
    }

    /** The same as {@link #toListString()}. */
    @Override
    public String toString() {
        return toListString();
    }

    private static int requireCpu(int cpu) {
        if (cpu < 0 || cpu > CPU_MAX) {
            throw new IllegalArgumentException(
                    "cannot put a CPU into a CPU set: cpu=" + cpu + " (expected 0.." + CPU_MAX
                            + "): no kernel numbers a CPU so; fix: use the numbers of /sys/devices/system/cpu/online");
        }
        return cpu;
    }
}
