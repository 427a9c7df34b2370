package io.fastsocket.affinity;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.BitSet;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

class CpuSetPropertyTest {
    @Property(tries = 100_000)
    void readsBackTheListAndTheMaskItWrote(@ForAll("cpuSets") CpuSet cpus) {
        assertThat(CpuSet.parseList(cpus.toListString())).isEqualTo(cpus);
        assertThat(CpuSet.parseMask(cpus.toMaskString())).isEqualTo(cpus);
    }

    @Property
    void writesTheMaskThatIsTheNumberWithTheseBits(@ForAll("cpuSets") CpuSet cpus) {
        BigInteger number = BigInteger.ZERO;
        for (int cpu : cpus) {
            number = number.setBit(cpu);
        }

        String mask = cpus.toMaskString();

        assertThat(new BigInteger(mask.replace(",", ""), 16)).isEqualTo(number);
        assertThat(mask).matches("[0-9a-f]{1,8}(,[0-9a-f]{8})*");
    }

    @Property
    void readsAnyOrderAndOverlap(@ForAll("ranges") List<int[]> ranges) {
        String list = ranges.stream()
                .map(range -> range[0] == range[1] ? "" + range[0] : range[0] + "-" + range[1])
                .collect(Collectors.joining(","));
        TreeSet<Integer> expected = new TreeSet<>();
        for (int[] range : ranges) {
            for (int cpu = range[0]; cpu <= range[1]; cpu++) {
                expected.add(cpu);
            }
        }

        assertThat(CpuSet.parseList(list)).containsExactlyElementsOf(expected);
    }

    @Property
    void readsOrRefusesAnyTextAsAList(@ForAll("almostLists") String text) {
        try {
            CpuSet cpus = CpuSet.parseList(text);
            assertThat(CpuSet.parseList(cpus.toListString())).isEqualTo(cpus);
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage())
                    .startsWith("cannot parse a CPU list: list=")
                    .contains("; fix: ");
        }
    }

    @Property
    void readsOrRefusesAnyTextAsAMask(@ForAll("almostMasks") String text) {
        try {
            CpuSet cpus = CpuSet.parseMask(text);
            assertThat(CpuSet.parseMask(cpus.toMaskString())).isEqualTo(cpus);
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage())
                    .startsWith("cannot parse a CPU mask: mask=")
                    .contains("; fix: ");
        }
    }

    @Provide
    Arbitrary<CpuSet> cpuSets() {
        return ranges().map(ranges -> {
            BitSet bits = new BitSet();
            ranges.forEach(range -> bits.set(range[0], range[1] + 1));
            return CpuSet.copyOf(bits);
        });
    }

    @Provide
    Arbitrary<List<int[]>> ranges() {
        Arbitrary<Integer> from = Arbitraries.integers().between(0, CpuSet.CPU_MAX);
        Arbitrary<Integer> more = Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.integers().between(0, 40)),
                Tuple.of(1, Arbitraries.integers().between(0, CpuSet.CPU_MAX)));
        return Combinators.combine(from, more)
                .as((first, length) -> new int[] {first, Math.min(first + length, CpuSet.CPU_MAX)})
                .list()
                .ofMaxSize(12);
    }

    @Provide
    Arbitrary<String> almostLists() {
        return Arbitraries.strings()
                .withChars("0123456789,-")
                .withChars(" :/\n\u0000\u0661x")
                .ofMaxLength(20);
    }

    @Provide
    Arbitrary<String> almostMasks() {
        return Arbitraries.strings()
                .withChars("0123456789abcdefABCDEF,,,,")
                .withChars("x \u0000\uff11")
                .ofMaxLength(30);
    }
}
