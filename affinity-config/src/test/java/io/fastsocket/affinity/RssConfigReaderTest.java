package io.fastsocket.affinity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastsocket.affinity.RssConfig.FlowType;
import io.fastsocket.affinity.RssConfig.HashField;
import io.fastsocket.affinity.RssConfig.HashFunction;
import io.fastsocket.affinity.RssConfig.InputTransform;
import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.system.Ethtool;
import io.fastsocket.affinity.system.EthtoolCalls;
import io.fastsocket.affinity.system.EthtoolException;
import io.fastsocket.affinity.system.SystemRoot;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bytes were written by hand, with the offsets that a C compiler gives for linux/ethtool.h. */
class RssConfigReaderTest {
    private static final String KEY_8 = "6d5a56da255b0ec2";

    @TempDir
    Path root;

    private EthtoolCalls driver;

    @BeforeEach
    void anInterface() {
        driver = new EthtoolCalls(root);
    }

    @Test
    void readsRingsTableKeyFunctionAndTransform() {
        driver.answers("2d", 192, "2d000000 00000000 0400000000000000")
                .answers("46", 24, "46000000 00000000 04000000 08000000 01 02")
                .answers(
                        "46000000 00000000 04000000 08",
                        48,
                        "46000000 00000000 04000000 08000000 01 02 0000 00000000 00000000 01000000 02000000 03000000"
                                + KEY_8);

        RssConfig rss = read();

        assertThat(rss.interfaceName()).isEqualTo("eth0");
        assertThat(rss.rxRings()).isEqualTo(Answer.known(4));
        assertThat(rss.indirectionTable()).isEqualTo(Answer.known(List.of(0, 1, 2, 3)));
        assertThat(rss.hashKey().toOptional()).hasToString("Optional[6d:5a:56:da:25:5b:0e:c2]");
        assertThat(rss.hashFunction()).isEqualTo(Answer.known(HashFunction.TOEPLITZ));
        assertThat(rss.inputTransforms()).isEqualTo(Answer.known(Set.of(InputTransform.SYMMETRIC_OR_XOR)));
    }

    @Test
    void readsTheHashFieldsOfEachFlowType() {
        driver.answers("29000000 01", 16, "29000000 01000000 f000000000000000")
                .answers("29000000 02", 16, "29000000 02000000 3000000000000000")
                .answers("29000000 05", 16, "29000000 05000000 0e00000000000000")
                .refuses("29000000 06", 16, 22);

        RssConfig rss = read();

        assertThat(rss.hashFields().get(FlowType.TCP4))
                .isEqualTo(Answer.known(Set.of(
                        HashField.SOURCE_ADDRESS,
                        HashField.DESTINATION_ADDRESS,
                        HashField.SOURCE_PORT,
                        HashField.DESTINATION_PORT)));
        assertThat(rss.hashFields().get(FlowType.UDP4))
                .isEqualTo(Answer.known(Set.of(HashField.SOURCE_ADDRESS, HashField.DESTINATION_ADDRESS)));
        assertThat(rss.hashFields().get(FlowType.TCP6))
                .isEqualTo(Answer.known(Set.of(HashField.L2_DESTINATION, HashField.VLAN, HashField.L3_PROTOCOL)));
        assertThat(rss.hashFields().get(FlowType.UDP6))
                .isEqualTo(
                        Answer.failed("cannot call ETHTOOL_GRXFH on interface \"eth0\": errno=22 (EINVAL): the driver"
                                + " does not take these values; fix: compare them with what ethtool shows"));
    }

    @Test
    void tellsFunctionsAndTransformsApart() {
        assertThat(functionOf("01")).isEqualTo(Answer.known(HashFunction.TOEPLITZ));
        assertThat(functionOf("02")).isEqualTo(Answer.known(HashFunction.XOR));
        assertThat(functionOf("04")).isEqualTo(Answer.known(HashFunction.CRC32));
        assertThat(functionOf("08")).isEqualTo(Answer.known(HashFunction.OTHER));
        assertThat(functionOf("00")).isEqualTo(Answer.unsupported("the driver of eth0 tells no hash function"));
    }

    private Answer<HashFunction> functionOf(String bits) {
        Path other = root.resolve("function-" + bits);
        SystemRoot machine = new EthtoolCalls(other)
                .answers("46", 24, "46000000 00000000 00000000 00000000" + bits)
                .machine();
        return RssConfig.read(machine, "eth0").hashFunction();
    }

    @Test
    void saysWhatACardWithRingsAndWithoutRssLacks() {
        driver.answers("2d", 192, "2d000000 00000000 01").answers("46", 24, "46");

        RssConfig rss = read();

        assertThat(rss.rxRings()).isEqualTo(Answer.known(1));
        assertThat(rss.hashKey()).isEqualTo(Answer.unsupported("the driver of eth0 tells no hash key"));
        assertThat(rss.indirectionTable())
                .isEqualTo(Answer.unsupported("the driver of eth0 tells no indirection table"));
        assertThat(rss.inputTransforms()).isEqualTo(Answer.unsupported("the driver of eth0 tells no input transform"));
    }

    @Test
    void fallsBackToTheTableAlone() {
        driver.refuses("46", 24, 95)
                .answers("38", 8, "38000000 03000000")
                .answers("38000000 03", 20, "38000000 03000000 02000000 01000000 00000000");

        RssConfig rss = read();

        assertThat(rss.indirectionTable()).isEqualTo(Answer.known(List.of(2, 1, 0)));
        assertThat(rss.hashKey()).isEqualTo(Answer.unsupported("the driver of eth0 tells no hash key"));
    }

    @Test
    void namesTheFirstCommandWhenThereIsNoFallback() {
        driver.refuses("46", 24, 95).refuses("38", 8, 95);

        assertThat(read().hashKey())
                .isEqualTo(Answer.unsupported("cannot call ETHTOOL_GRSSH on interface \"eth0\": errno=95 (EOPNOTSUPP):"
                        + " the driver has no such operation; fix: do without it on this card"));
    }

    @Test
    void refusesSizesThatNoCardHas() {
        driver.answers("46", 24, "46000000 00000000 00000080 28000000 01");

        assertThat(read().indirectionTable().whyNot())
                .contains("cannot call ETHTOOL_GRSSH on interface \"eth0\": errno=71 (EPROTO): the answer contradicts"
                        + " itself: indir_size=2147483648 (expected at most 65536); fix: update the driver; on a"
                        + " recorded" + " machine, collect it again");
    }

    @Test
    void refusesAKeyThatNoCardHas() {
        driver.answers("46", 24, "46000000 00000000 80000000 ffffffff 01");

        assertThat(read().hashKey().whyNot().orElseThrow()).contains("key_size=4294967295 (expected at most 4096)");
    }

    @Test
    void refusesSizesThatChangedBetweenTheCalls() {
        driver.answers("46", 24, "46000000 00000000 01000000 00000000 01")
                .answers("46000000 00000000 01", 28, "46000000 00000000 02000000 00000000 01");

        assertThat(read().indirectionTable().whyNot().orElseThrow())
                .contains("errno=71 (EPROTO)", "indir_size=2 (expected 1 as just before)");
    }

    @Test
    void refusesKeysThatChangedBetweenTheCalls() {
        driver.answers("46", 24, "46000000 00000000 00000000 01000000 01")
                .answers("46000000 00000000 00000000 01", 25, "46000000 00000000 00000000 02000000 01");

        assertThat(read().hashKey().whyNot().orElseThrow()).contains("key_size=2 (expected 1 as just before)");
    }

    @Test
    void refusesATableThatChangedBetweenTheCallsOfTheFallback() {
        driver.refuses("46", 24, 95)
                .answers("38", 8, "38000000 01000000")
                .answers("38000000 01", 12, "38000000 05000000");

        assertThat(read().indirectionTable().whyNot().orElseThrow()).contains("size=5 (expected 1 as just before)");
    }

    @Test
    void refusesQueuesAndRingsThatNoCardHas() {
        driver.answers("2d", 192, "2d000000 00000000 00000000 01000000")
                .answers("46", 24, "46000000 00000000 01000000 00000000 01")
                .answers("46000000 00000000 01", 28, "46000000 00000000 01000000 00000000 01000000 00000000 00000100");

        RssConfig rss = read();

        assertThat(rss.rxRings().whyNot().orElseThrow()).contains("data=4294967296 (expected at most 65535)");
        assertThat(rss.indirectionTable().whyNot().orElseThrow()).contains("table[0]=65536 (expected at most 65535)");
    }

    @Test
    void refusesAnAnswerOfAnotherLength() {
        Ethtool short3 = (interfaceName, request) -> new byte[3];

        assertThat(new RssConfigReader(driver.machine(), short3, "eth0")
                        .read()
                        .hashKey()
                        .whyNot()
                        .orElseThrow())
                .contains("errno=71 (EPROTO)", "bytes=3 (expected 24)");
    }

    @Test
    void refusesAnInterfaceThatIsNotThere() {
        assertThatThrownBy(() -> RssConfig.read(driver.machine(), "eth1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot read how packets are hashed: interface=\"eth1\" (expected one of this network"
                        + " namespace): there is no such interface; fix: name one that `ip link` shows");
    }

    @Test
    void doesNotTakeACardThatIsAsleepForNone() {
        Ethtool asleep = (interfaceName, request) -> {
            throw new EthtoolException("asleep", 19);
        };

        assertThat(new RssConfigReader(driver.machine(), asleep, "eth0").read().rxRings())
                .isEqualTo(Answer.failed("asleep"));
    }

    private RssConfig read() {
        return RssConfig.read(driver.machine(), "eth0");
    }
}
