package io.fastsocket.affinity;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.system.EthtoolCalls;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bytes were written by hand, with the offsets that a C compiler gives for linux/ethtool.h. */
class NicFeaturesTest {
    /** h_u begins 20 bytes in, h_ext 72, m_u 92, m_ext 144, ring_cookie 168, location 176, rss_context 184. */
    private static final int RXNFC_BYTES = 192;

    @TempDir
    Path root;

    private EthtoolCalls driver;

    @BeforeEach
    void anInterface() {
        driver = new EthtoolCalls(root);
    }

    @Test
    void readsChannels() {
        driver.answers("3c", 36, "3c000000 01000000 02000000 03000000 04000000 05000000 06000000 07000000 08000000");

        assertThat(NicFeatures.channels(driver.machine(), "eth0"))
                .isEqualTo(Answer.known(new Channels(5, 6, 7, 8, 1, 2, 3, 4)));
    }

    @Test
    void refusesMoreChannelsThanThereCanBe() {
        driver.answers("3c", 36, "3c000000 00000100");

        assertThat(NicFeatures.channels(driver.machine(), "eth0").whyNot().orElseThrow())
                .contains("ETHTOOL_GCHANNELS", "max_rx=65536 (expected at most 65535)");
    }

    @Test
    void readsCoalescing() {
        driver.answers(
                "0e",
                92,
                "0e000000 32000000 40000000 99000000 99000000 19000000 20000000 99000000 99000000 99000000 01000000"
                        + "00000000" + "99000000");

        assertThat(NicFeatures.coalescing(driver.machine(), "eth0"))
                .isEqualTo(Answer.known(new Coalescing(50, 64, 25, 32, true, false)));
    }

    @Test
    void takesAllOnesForTheLongestWait() {
        driver.answers("0e", 92, "0e000000 ffffffff");

        assertThat(NicFeatures.coalescing(driver.machine(), "eth0")
                        .toOptional()
                        .orElseThrow()
                        .rxMicros())
                .isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void readsWhetherFiltersAreOn() {
        driver.answers("25", 8, "25000000 00000008");

        assertThat(NicFeatures.ntupleFilters(driver.machine(), "eth0")).isEqualTo(Answer.known(true));
    }

    @Test
    void otherFlagsAreNoFilters() {
        driver.answers("25", 8, "25000000 ffffff f7");

        assertThat(NicFeatures.ntupleFilters(driver.machine(), "eth0")).isEqualTo(Answer.known(false));
    }

    @Test
    void saysWhatADriverDoesNotHave() {
        driver.refuses("3c", 36, 95).refuses("2e", RXNFC_BYTES, 1);

        assertThat(NicFeatures.channels(driver.machine(), "eth0")).isInstanceOf(Answer.Unsupported.class);
        assertThat(NicFeatures.coalescing(driver.machine(), "eth0"))
                .isEqualTo(Answer.unsupported("cannot call ETHTOOL_GCOALESCE on interface \"eth0\": errno=95"
                        + " (EOPNOTSUPP): the call was not recorded; fix: do without it on this card"));
        assertThat(NicFeatures.ntupleRules(driver.machine(), "eth0"))
                .isEqualTo(Answer.failed("cannot call ETHTOOL_GRXCLSRLCNT on interface \"eth0\": errno=1 (EPERM): this"
                        + " process may not change the card; fix: run as root, in a container with"
                        + " --cap-add NET_ADMIN"));
    }

    @Test
    void readsRulesByLocation() {
        list("07000000", "02000000");
        rule(
                "07",
                "06",
                tcp6("20010db8000000000000000000000001", 0, 443),
                tcp6("ffff" + "ff".repeat(14), 0, 0xffff),
                3);
        rule("02", "01", tcp4("0a000001", "00000000", 0, 80), tcp4("ffffff00", "00000000", 0, 0xffff), 1);

        assertThat(NicFeatures.ntupleRules(driver.machine(), "eth0"))
                .isEqualTo(Answer.known(List.of(
                        new NtupleRule(2, "tcp4", "src-ip 10.0.0.1/mask 0xffffff00 dst-port 80", 1),
                        new NtupleRule(7, "udp6", "src-ip 2001:db8:0:0:0:0:0:1 dst-port 443", 3))));
    }

    @Test
    void leavesOutARuleThatWentAway() {
        list("07000000", "02000000");
        driver.refuses(request("07"), RXNFC_BYTES, 2);
        rule("02", "01", "", "", 1);

        assertThat(NicFeatures.ntupleRules(driver.machine(), "eth0"))
                .isEqualTo(Answer.known(List.of(new NtupleRule(2, "tcp4", "", 1))));
    }

    @Test
    void saysThatARuleDrops() {
        list("02000000");
        ruleWithCookie(
                "02", "02000000", tcp4("00000000", "c0a80001", 53, 0), tcp4("", "ffffffff", 0xfff0, 0), "ff".repeat(8));

        assertThat(onlyRule()).isEqualTo(new NtupleRule(2, "udp4", "dst-ip 192.168.0.1 src-port 53/mask 0xfff0", -1));
    }

    @Test
    void writesWhatFollowsTheCommonFields() {
        list("02000000");
        String extension = "0000" + "020000000001" + "8100" + "0064" + "0000000000000005";
        String mask = "0000" + "ffffffffffff" + "ffff" + "0fff" + "ffffffffffffffff";
        ruleWithCookie(
                "02",
                "120000e0",
                "0200000000aa" + "0200000000bb" + "0800" + "00".repeat(38) + extension,
                "ff".repeat(14) + "00".repeat(38) + mask,
                "0500000003000000 02000000 00000000 09");

        assertThat(onlyRule())
                .isEqualTo(new NtupleRule(
                        2,
                        "ether",
                        "dst 02:00:00:00:00:aa src 02:00:00:00:00:bb proto 0x800 vlan-etype 0x8100 vlan 100/mask 0xfff"
                                + " user-def 0x5 dst-mac 02:00:00:00:00:01 context 9 vf 2",
                        5));
    }

    @Test
    void namesKindsOfRulesItDoesNotKnow() {
        list("02000000");
        rule("02", "1f", "ff".repeat(52), "ff".repeat(52), 4);

        assertThat(onlyRule()).isEqualTo(new NtupleRule(2, "flow type 31", "", 4));
    }

    @Test
    void refusesMoreRulesThanCardsHave() {
        driver.answers("2e", RXNFC_BYTES, "2e" + "00".repeat(183) + "01400000");

        assertThat(NicFeatures.ntupleRules(driver.machine(), "eth0").whyNot().orElseThrow())
                .contains("ETHTOOL_GRXCLSRLCNT", "rule_cnt=16385 (expected at most 16384)");
    }

    @Test
    void refusesMoreRulesThanWereAskedFor() {
        driver.answers("2e", RXNFC_BYTES, "2e" + "00".repeat(183) + "01")
                .answers("30" + "00".repeat(183) + "01", RXNFC_BYTES + 4, "30" + "00".repeat(183) + "02");

        assertThat(NicFeatures.ntupleRules(driver.machine(), "eth0").whyNot().orElseThrow())
                .contains("ETHTOOL_GRXCLSRLALL", "rule_cnt=2 (expected at most 1)");
    }

    @Test
    void refusesAQueueThatNoCardHas() {
        list("02000000");
        ruleWithCookie("02", "01", "", "", "00000100");

        assertThat(NicFeatures.ntupleRules(driver.machine(), "eth0").whyNot().orElseThrow())
                .contains("ring_cookie=65536 (expected a queue of at most 65535)");
    }

    private NtupleRule onlyRule() {
        return NicFeatures.ntupleRules(driver.machine(), "eth0")
                .toOptional()
                .orElseThrow()
                .get(0);
    }

    private void list(String... locations) {
        String count = String.format("%02x000000", locations.length);
        driver.answers("2e", RXNFC_BYTES, "2e" + "00".repeat(183) + count)
                .answers(
                        "30" + "00".repeat(183) + count,
                        RXNFC_BYTES + 4 * locations.length,
                        "30" + "00".repeat(183) + count + String.join("", locations));
    }

    private void rule(String location, String type, String values, String masks, int queue) {
        ruleWithCookie(location, type, values, masks, String.format("%02x", queue));
    }

    private void ruleWithCookie(String location, String type, String values, String masks, String cookieAndMore) {
        String cookie = cookieAndMore.replace(" ", "");
        String tail = cookie.length() > 16 ? cookie : pad(cookie, 8) + location;
        driver.answers(
                request(location),
                RXNFC_BYTES,
                "2f" + "00".repeat(15) + pad(type, 4) + pad(values, 72) + pad(masks, 72) + "00000000" + tail);
    }

    private static String request(String location) {
        return "2f" + "00".repeat(175) + location;
    }

    private static String tcp4(String source, String destination, int sourcePort, int destinationPort) {
        return pad(source, 4) + pad(destination, 4) + String.format("%04x%04x", sourcePort, destinationPort);
    }

    private static String tcp6(String source, int sourcePort, int destinationPort) {
        return source + "00".repeat(16) + String.format("%04x%04x", sourcePort, destinationPort);
    }

    private static String pad(String hex, int bytes) {
        return hex + "0".repeat(2 * bytes - hex.length());
    }
}
