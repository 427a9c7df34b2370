package io.fastsocket.affinity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CpuSetTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''             | ''               | 0",
                "0              | 0                | 1",
                "0-3,8          | 0-3,8            | 10f",
                "8,0-3          | 0-3,8            | 10f",
                "0,1,2,2,1      | 0-2              | 7",
                "0-1            | 0-1              | 3",
                "31             | 31               | 80000000",
                "32             | 32               | 1,00000000",
                "0-1,32         | 0-1,32           | 1,00000003",
                "0-63           | 0-63             | ffffffff,ffffffff",
                "0,64           | 0,64             | 1,00000000,00000001",
                "007            | 7                | 80",
            })
    void writesBothKernelFormsOfWhatItRead(String list, String canonical, String mask) {
        CpuSet cpus = CpuSet.parseList(list);

        assertThat(cpus.toListString()).isEqualTo(canonical);
        assertThat(cpus).hasToString(canonical);
        assertThat(cpus.toMaskString()).isEqualTo(mask);
        assertThat(CpuSet.parseMask(mask)).isEqualTo(cpus);
    }

    @Test
    void readsMasksWithLeadingZerosAndCapitals() {
        assertThat(CpuSet.parseMask("00000000,000000fF")).isEqualTo(CpuSet.parseList("0-7"));
    }

    @Test
    void holdsTheHighestCpuTheKernelKnows() {
        CpuSet all = CpuSet.parseList("0-8191");

        assertThat(all.size()).isEqualTo(8192);
        assertThat(CpuSet.parseMask(all.toMaskString())).isEqualTo(all);
        assertThat(CpuSet.of(8191)).hasToString("8191");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "3-1             | `the range at character 0 runs backwards; fix: write 1-3`",
                "0-4294967295    | `the CPU number at character 2 is above 8191; fix: use CPU numbers 0..8191`",
                "0-99999999999   | `the CPU number at character 2 is above 8191; fix: use CPU numbers 0..8191`",
                "8192            | `the CPU number at character 0 is above 8191; fix: use CPU numbers 0..8191`",
                "-1              | `unexpected '-' at character 0; fix: use digits 0-9, commas and dashes alone`",
                "1,,2            | `no CPU number at character 2; fix: write one there or remove the comma or dash`",
                "1,              | `no CPU number at character 2; fix: write one there or remove the comma or dash`",
                ",               | `no CPU number at character 0; fix: write one there or remove the comma or dash`",
                "1-              | `no CPU number at character 2; fix: write one there or remove the comma or dash`",
                "1-2-3           | `unexpected '-' at character 3; fix: use digits 0-9, commas and dashes alone`",
                "0-10:2/4        | `unexpected ':' at character 4; fix: use digits 0-9, commas and dashes alone`",
                "0-3x            | `unexpected 'x' at character 3; fix: use digits 0-9, commas and dashes alone`",
                "` 0`            | `unexpected ' ' at character 0; fix: use digits 0-9, commas and dashes alone`",
                "all             | `unexpected 'a' at character 0; fix: use digits 0-9, commas and dashes alone`",
            })
    void refusesMalformedLists(String list, String causeAndFix) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CpuSet.parseList(list))
                .withMessage("cannot parse a CPU list: list=\"" + list + "\" (expected a list like \"0-3,8\"): "
                        + causeAndFix);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0661", "0\u0000", "0-3\n", "\u001b[31m"})
    void escapesWhatATerminalWouldActOn(String list) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CpuSet.parseList(list))
                .satisfies(e -> assertThat(e.getMessage()).matches("[ -~]+"));
    }

    @Test
    void showsUnicodeDigitsAsTheirCode() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CpuSet.parseList("\u0661"))
                .withMessage(
                        "cannot parse a CPU list: list=\"\\u0661\" (expected a list like \"0-3,8\"): unexpected \\u0661"
                                + " at character 0; fix: use digits 0-9, commas and dashes alone");
    }

    @Test
    void refusesListsOfTenMegabytesByTheirLengthAlone() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CpuSet.parseList("0,".repeat(5 << 20)))
                .withMessage(
                        "cannot parse a CPU list: list=\"" + "0,".repeat(30) + "...\" (expected a list like \"0-3,8\"):"
                                + " it has 10485760 characters, the limit is 65536; fix: join neighbouring CPUs into ranges");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``          | `the group at character 0 has 0 digits;"
                        + " fix: write eight digits in every group, or fewer in the first one`",
                "100000000   | `the group at character 0 has 9 digits;"
                        + " fix: write eight digits in every group, or fewer in the first one`",
                "ff,ff       | `the group at character 3 has 2 digits;"
                        + " fix: write eight digits in every group, or fewer in the first one`",
                ",00000001   | `the group at character 0 has 0 digits;"
                        + " fix: write eight digits in every group, or fewer in the first one`",
                "1,          | `the group at character 2 has 0 digits;"
                        + " fix: write eight digits in every group, or fewer in the first one`",
                "0x3         | `unexpected 'x' at character 1; fix: use hexadecimal digits and commas alone`",
                "-1          | `unexpected '-' at character 0; fix: use hexadecimal digits and commas alone`",
                "`3 `        | `unexpected ' ' at character 1; fix: use hexadecimal digits and commas alone`",
            })
    void refusesMalformedMasks(String mask, String causeAndFix) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CpuSet.parseMask(mask))
                .withMessage("cannot parse a CPU mask: mask=\"" + mask
                        + "\" (expected hexadecimal groups like \"1,00000003\"): " + causeAndFix);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uff11", "\u0661", "\u0000"})
    void refusesMaskDigitsOfOtherScripts(String mask) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CpuSet.parseMask(mask))
                .withMessageContaining("at character 0; fix: use hexadecimal digits and commas alone");
    }

    @Test
    void refusesMasksOfMoreThan8192Cpus() {
        String mask = "1" + ",00000000".repeat(256);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> CpuSet.parseMask(mask))
                .withMessageEndingWith(
                        "it has 2305 characters, the limit is 2303; fix: leave out leading groups of zeros");
    }

    @Test
    void refusesMasksOfTenMegabytesByTheirLengthAlone() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CpuSet.parseMask("0".repeat(10 << 20)))
                .withMessageEndingWith(
                        "it has 10485760 characters, the limit is 2303; fix: leave out leading groups of zeros");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 8192, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void refusesNumbersThatNoCpuHas(int cpu) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CpuSet.of(0, cpu))
                .withMessage(
                        "cannot put a CPU into a CPU set: cpu=" + cpu + " (expected 0..8191): no kernel numbers a CPU"
                                + " so; fix: use the numbers of /sys/devices/system/cpu/online");
    }

    @Test
    void refusesBitSetsWithBitsAboveTheHighestCpu() {
        BitSet bits = new BitSet();
        bits.set(8192);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> CpuSet.copyOf(bits))
                .withMessageContaining("cpu=8192");
    }

    @Test
    void keepsItsCpusWhenTheBitSetItWasMadeOfChanges() {
        BitSet bits = new BitSet();
        bits.set(1);
        CpuSet cpus = CpuSet.copyOf(bits);
        bits.set(2);
        cpus.toBitSet().set(3);

        assertThat(cpus).containsExactly(1);
    }

    @Test
    void combinesLikeSets() {
        CpuSet left = CpuSet.parseList("0-3,8");
        CpuSet right = CpuSet.of(3, 8, 9);

        assertThat(left.union(right)).hasToString("0-3,8-9");
        assertThat(left.intersect(right)).hasToString("3,8");
        assertThat(left.minus(right)).hasToString("0-2");
        assertThat(left).containsExactly(0, 1, 2, 3, 8);
        assertThat(left.toArray()).containsExactly(0, 1, 2, 3, 8);
        assertThat(left.size()).isEqualTo(5);
        assertThat(left.first()).isZero();
        assertThat(right.first()).isEqualTo(3);
    }

    @Test
    void containsNoNumberThatIsNoCpu() {
        CpuSet cpus = CpuSet.of(0);

        assertThat(cpus.contains(0)).isTrue();
        assertThat(cpus.contains(1)).isFalse();
        assertThat(cpus.contains(-1)).isFalse();
        assertThat(cpus.contains(Integer.MAX_VALUE)).isFalse();
    }

    @Test
    void equalsEverySetOfTheSameCpus() {
        assertThat(CpuSet.of(2, 1)).isEqualTo(CpuSet.parseList("1-2")).hasSameHashCodeAs(CpuSet.parseMask("6"));
        assertThat(CpuSet.of()).isEqualTo(CpuSet.empty());
        assertThat(CpuSet.of(1)).isNotEqualTo(CpuSet.of(2)).isNotEqualTo("1");
    }

    @Test
    void hasNoFirstCpuWhenEmpty() {
        assertThat(CpuSet.empty().isEmpty()).isTrue();
        assertThatThrownBy(() -> CpuSet.empty().first())
                .isInstanceOf(NoSuchElementException.class)
                .hasMessage("no first CPU in a CPU set: cpus=\"\" (expected at least one CPU): the set is empty;"
                        + " fix: ask isEmpty() before first()");
    }
}
