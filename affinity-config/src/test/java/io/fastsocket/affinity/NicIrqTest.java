package io.fastsocket.affinity;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.affinity.system.Answer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NicIrqTest {
    @ParameterizedTest
    @CsvSource({
        "0-7, 3, 3", // one of several
        "2, 3, 2", // was sent to 2 and has not been taken since
        "2, '', 2", // a kernel that does not tell
        "0-1, 1-2, 0-1",
    })
    void goesWhereItWasSentEvenIfItStillTellsWhereItWas(String affinity, String effective, String cpus) {
        NicIrq irq = new NicIrq(
                31,
                "eth0-TxRx-2",
                Answer.known(CpuSet.parseList(affinity)),
                Answer.known(CpuSet.parseList(effective)),
                false);

        assertThat(irq.cpus().toOptional().orElseThrow()).hasToString(cpus);
    }

    @ParameterizedTest
    @CsvSource({"3"})
    void goesWhereItTellsWhenWhereItMayGoIsNotKnown(String effective) {
        NicIrq irq =
                new NicIrq(31, "x", Answer.unsupported("no file"), Answer.known(CpuSet.parseList(effective)), false);

        assertThat(irq.cpus().toOptional().orElseThrow()).hasToString(effective);
    }
}
