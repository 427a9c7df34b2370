package io.fastsocket.affinity.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What goes to the driver, byte for byte; that real drivers take it, the namespace tests show. */
class EthtoolSetTest {
    private static final String CHANNELS =
            "3c000000 00000000 00000000 01000000 08000000 00000000 00000000 01000000 04000000";
    private static final String COALESCING = "0e000000" + numbers(1, 22);
    private static final String HASH = "46000000 00000000 04000000 02000000 01 02 0000 00000000";

    private final List<String> sent = new ArrayList<>();

    @Test
    void readsAsManyWordsAsThereAreKindsOfQueues() throws EthtoolException {
        assertThat(EthtoolSet.currentChannels(driver(CHANNELS), "eth0")).isEqualTo("combined 4");
        assertThat(EthtoolSet.currentChannels(
                        driver("3c" + "00".repeat(19) + "02000000 03000000 01000000 05000000"), "eth0"))
                .isEqualTo("rx 2 tx 3 combined 5");
        assertThat(EthtoolSet.currentChannels(driver("3c" + "00".repeat(35)), "eth0"))
                .isEqualTo("combined 0");
    }

    @Test
    void setsTheKindsNamedAndTakesAwayTheOthers() throws EthtoolException {
        EthtoolSet.channels(driver(CHANNELS), "eth0", "rx 2 tx 3");

        assertThat(sent.get(1))
                .isEqualTo("3d000000 00000000 00000000 01000000 08000000 02000000 03000000 01000000 00000000"
                        .replace(" ", ""));
    }

    @Test
    void writesTheChannelsThatWereReadAsTheyWere() throws EthtoolException {
        Ethtool driver = driver(CHANNELS);

        EthtoolSet.channels(driver, "eth0", EthtoolSet.currentChannels(driver, "eth0"));

        assertThat(sent.get(2)).isEqualTo(CHANNELS.replace(" ", "").replaceFirst("3c", "3d"));
    }

    @Test
    void readsSixWordsOfCoalescing() throws EthtoolException {
        assertThat(EthtoolSet.currentCoalescing(driver(COALESCING), "eth0"))
                .isEqualTo("adaptive-rx on adaptive-tx on rx-usecs 1 rx-frames 2 tx-usecs 5 tx-frames 6");
        assertThat(EthtoolSet.currentCoalescing(driver("0e000000 ffffffff" + "00".repeat(84)), "eth0"))
                .isEqualTo("adaptive-rx off adaptive-tx off rx-usecs 4294967295 rx-frames 0 tx-usecs 0 tx-frames 0");
    }

    @Test
    void changesTheCoalescingThatIsNamedAndNoOther() throws EthtoolException {
        EthtoolSet.coalescing(driver(COALESCING), "eth0", "adaptive-rx off rx-usecs 50");

        String expected = "0f000000" + "32000000" + numbers(2, 9) + "00000000" + numbers(11, 22);
        assertThat(sent.get(1)).isEqualTo(expected);
    }

    @Test
    void namesEveryWordOfCoalescingByItsPlace() throws EthtoolException {
        EthtoolSet.coalescing(
                driver(COALESCING), "eth0", "tx-frames 4294967295 tx-usecs 7 rx-frames 8 rx-usecs 9 adaptive-tx on");

        assertThat(sent.get(1))
                .isEqualTo("0f000000" + "09000000" + "08000000" + numbers(3, 4) + "07000000" + "ffffffff"
                        + numbers(7, 10) + "01000000" + numbers(12, 22));
    }

    @Test
    void tellsTheCoalescingThatWillBe() {
        assertThat(EthtoolSet.coalescingAfter(
                        "adaptive-rx on adaptive-tx off rx-usecs 3 rx-frames 0 tx-usecs 3 tx-frames 0",
                        "rx-usecs 050 adaptive-rx off"))
                .isEqualTo("adaptive-rx off adaptive-tx off rx-usecs 50 rx-frames 0 tx-usecs 3 tx-frames 0");
    }

    @Test
    void setsTheTableAndLeavesKeyFunctionAndTransform() throws EthtoolException {
        EthtoolSet.indirectionTable(rss(), "eth0", new int[] {3, 2, 1, 65535});

        assertThat(sent.get(2))
                .isEqualTo("47000000 00000000 04000000 00000000 00 02 0000 00000000 03000000 02000000 01000000 ffff0000"
                        .replace(" ", ""));
    }

    @Test
    void readsTheTable() throws EthtoolException {
        assertThat(EthtoolSet.currentIndirectionTable(rss(), "eth0")).isEqualTo("0 1 0 1");
    }

    @Test
    void refusesATableOfAnotherSizeBeforeTheDriverDoes() {
        assertThatThrownBy(() -> EthtoolSet.indirectionTable(rss(), "eth0", new int[] {1, 2}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot set an indirection table: entries=2 (expected 4, as the card has): the card would"
                        + " refuse it; fix: read the table, and change its entries");
        assertThat(sent).noneMatch(request -> request.startsWith("47"));
    }

    @Test
    void refusesQueuesThatNoCardHas() {
        for (int queue : new int[] {-1, 65536}) {
            assertThatThrownBy(() -> EthtoolSet.indirectionTable(rss(), "eth0", new int[] {0, queue, 0, 0}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("table[1]=" + queue + " (expected 0 to 65535)");
        }
        assertThat(sent).isEmpty();
    }

    @Test
    void saysThatThereIsNoTableToSet() {
        assertThatThrownBy(() -> EthtoolSet.indirectionTable(driver("46" + "00".repeat(23)), "eth0", new int[] {}))
                .isInstanceOfSatisfying(
                        EthtoolException.class, e -> assertThat(e.errno()).isEqualTo(95))
                .hasMessageContaining("the card has no indirection table");
    }

    @Test
    void refusesWordsItDoesNotKnow() {
        Stream.of("combined", "", "queues 3", "rx 2 rx 3", "rx 2 tx", "combined 8 ".repeat(200))
                .forEach(words -> assertThatThrownBy(() -> EthtoolSet.channels(driver(CHANNELS), "eth0", words))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageStartingWith("cannot set the number of queues: words=" + ErrorText.quoted(words)
                                + " (expected rx N, tx N, combined N): ")
                        .hasMessageEndingWith("; fix: write it as ethtool(8) takes it"));
        assertThat(sent).isEmpty();
    }

    @Test
    void refusesNumbersThatAreNone() {
        for (String number : List.of("-1", "65536", "99999999999", "\u0663", "0x8", "1.5", "on")) {
            assertThatThrownBy(() -> EthtoolSet.channels(driver(CHANNELS), "eth0", "combined " + number))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("cannot set the number of queues: combined=" + ErrorText.quoted(number)
                            + " (expected 0 to 65535): this is no such number; fix: correct it");
        }
        assertThat(sent).isEmpty();
    }

    @Test
    void refusesStatesThatAreNeitherOnNorOff() {
        assertThatThrownBy(() -> EthtoolSet.coalescing(driver(COALESCING), "eth0", "adaptive-rx 1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot set interrupt coalescing: adaptive-rx=\"1\" (expected on or off): there is no such"
                        + " state; fix: correct it");
        assertThatThrownBy(() -> EthtoolSet.coalescing(driver(COALESCING), "eth0", "rx-usecs 4294967296"))
                .hasMessageContaining("(expected 0 to 4294967295)");
        assertThat(sent).isEmpty();
    }

    private Ethtool driver(String answer) {
        return (interfaceName, request) -> {
            sent.add(HexFormat.of().formatHex(request));
            byte[] bytes = HexFormat.of().parseHex(answer.replace(" ", ""));
            assertThat(request).hasSize(bytes.length);
            return bytes;
        };
    }

    /** Answers the sizes, then table and key. */
    private Ethtool rss() {
        return (interfaceName, request) -> {
            sent.add(HexFormat.of().formatHex(request));
            String all = HASH + "00000000 01000000 00000000 01000000 abcd";
            return Arrays.copyOf(HexFormat.of().parseHex(all.replace(" ", "")), request.length);
        };
    }

    private static String numbers(int first, int last) {
        StringBuilder hex = new StringBuilder();
        IntStream.rangeClosed(first, last).forEach(n -> hex.append(String.format("%02x000000", n)));
        return hex.toString();
    }
}
