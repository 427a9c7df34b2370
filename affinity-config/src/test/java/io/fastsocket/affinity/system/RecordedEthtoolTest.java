package io.fastsocket.affinity.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordedEthtoolTest {
    private static final byte[] REQUEST = {0x25, 0, 0, 0, 0, 0, 0, 0};

    @TempDir
    Path root;

    private int machines;

    @Test
    void answersWithTheZeroBytesThatWereLeftOut() throws EthtoolException {
        assertThat(machine("25 8 2500000008").call("eth0", REQUEST)).containsExactly(0x25, 0, 0, 0, 8, 0, 0, 0);
    }

    @Test
    void tellsRequestsOfDifferentLengthsApart() throws EthtoolException {
        Ethtool ethtool = machine("25 12 2501\n25 8 2502");

        assertThat(ethtool.call("eth0", REQUEST)).startsWith(0x25, 2);
        assertThat(ethtool.call("eth0", new byte[] {0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}))
                .hasSize(12)
                .startsWith(0x25, 1);
    }

    @Test
    void refusesWithTheErrnoThatWasRecorded() {
        assertThatThrownBy(() -> machine("25 8 errno 16").call("eth0", REQUEST))
                .isInstanceOfSatisfying(
                        EthtoolException.class, e -> assertThat(e.errno()).isEqualTo(16))
                .hasMessage(
                        "cannot call ETHTOOL_GFLAGS on interface \"eth0\": errno=16 (EBUSY): something uses what would"
                                + " change; fix: find it in `dmesg`, end it, and try again");
    }

    @Test
    void saysThatACallWasNotRecorded() {
        assertThatThrownBy(() -> machine("25 12 25").call("eth0", REQUEST))
                .isInstanceOfSatisfying(
                        EthtoolException.class, e -> assertThat(e.errno()).isEqualTo(95))
                .hasMessage("cannot call ETHTOOL_GFLAGS on interface \"eth0\": errno=95 (EOPNOTSUPP): the call was not"
                        + " recorded; fix: do without it on this card");
    }

    @Test
    void saysThatTheMachineHasNoSuchInterface() {
        assertThatThrownBy(() -> machine("").call("eth1", REQUEST))
                .isInstanceOfSatisfying(
                        EthtoolException.class, e -> assertThat(e.errno()).isEqualTo(19))
                .hasMessageContaining("the recorded machine has no such interface");
    }

    @Test
    void namesTheLineThatIsMalformed() {
        for (String line : List.of(
                "x",
                "25",
                "25 8",
                "2 8 25",
                "25 8 2",
                "25 8 errno",
                "25 8 errno 12345",
                "25 -8 25",
                "25 8 25 ",
                "25  8 25",
                "2G 8 25",
                "25 \u0668 25",
                "",
                "25 99999999 25")) {
            assertThatThrownBy(() -> machine("3c 36 3c\n" + line + "\n25 8 25").call("eth0", REQUEST))
                    .isInstanceOfSatisfying(SystemFileException.class, e -> {
                        assertThat(e.file()).isEqualTo("/ethtool/eth0");
                        assertThat(e.line()).hasValue(2);
                    })
                    .hasMessage("cannot read a recorded ethtool call: file=\"/ethtool/eth0\" line=2 text="
                            + ErrorText.quoted(asRead(line))
                            + " (expected <request in hex> <length> <answer in hex>, or errno <number> at its end):"
                            + " it has another form; fix: collect the machine again");
        }
    }

    @Test
    void refusesLengthsWithoutRoomForTheBytes() {
        for (String line : List.of("2500000001 4 25", "25 1 2501", "25 1048577 25", "25 0 -")) {
            assertThatThrownBy(() -> machine(line).call("eth0", REQUEST))
                    .isInstanceOf(SystemFileException.class)
                    .hasMessageContaining("line=1")
                    .hasMessageContaining(
                            "(expected a length of at most 1048576 that has room for request and answer): the length"
                                    + " is");
        }
    }

    @Test
    void refusesTwoAnswersToOneRequest() {
        assertThatThrownBy(() -> machine("25 8 25\n25 8 2501").call("eth0", REQUEST))
                .isInstanceOf(SystemFileException.class)
                .hasMessageContaining("line=2")
                .hasMessageContaining("(expected each request once): a line above has the same request");
    }

    @Test
    void refusesNamesThatLeadElsewhere() {
        for (String name : List.of("..", ".", "../../etc")) {
            assertThatThrownBy(() -> machine("").call(name, REQUEST)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void readsWhatWasWritten() throws EthtoolException {
        RecordingEthtool recording = new RecordingEthtool((interfaceName, request) -> {
            if (request[0] == 0x3c) {
                throw new EthtoolException("busy", 16);
            }
            return new byte[] {0x25, 0, 0, 0, 8, 0, 0, 0};
        });
        byte[] channels = {0x3c, 0, 0, 0};
        assertThat(recording.call("eth0", REQUEST)).startsWith(0x25);
        assertThatThrownBy(() -> recording.call("eth0", channels)).hasMessage("busy");

        assertThat(recording.lines("eth0")).isEqualTo("25 8 2500000008\n3c 4 errno 16\n");
        Ethtool recorded = machine(recording.lines("eth0").strip());

        assertThat(recorded.call("eth0", REQUEST)).containsExactly(0x25, 0, 0, 0, 8, 0, 0, 0);
        assertThatThrownBy(() -> recorded.call("eth0", channels)).hasMessageContaining("errno=16 (EBUSY)");
    }

    @Test
    void recordsNoAddressesOfRules() throws EthtoolException {
        for (int flowType : new int[] {1, 5, 0x12, 0x1f, 0x8000_0001, 0xc000_0005}) {
            byte[] answer = new byte[192];
            Arrays.fill(answer, (byte) 0x77);
            ByteBuffer.wrap(answer)
                    .order(ByteOrder.nativeOrder())
                    .putInt(0, 0x2f)
                    .putInt(16, flowType);
            RecordingEthtool recording = new RecordingEthtool((interfaceName, request) -> answer);

            assertThat(recording.call("eth0", new byte[192])).isSameAs(answer);

            String written = recording.lines("eth0").strip().split(" ", -1)[2];
            int addresses =
                    flowType == 5 || flowType == 0xc000_0005 ? 32 : flowType == 0x12 ? 12 : flowType == 0x1f ? 52 : 8;
            assertThat(written.substring(40, 40 + 2 * addresses)).matches("0+");
            assertThat(written.substring(40 + 2 * addresses, 148)).matches("(77)*");
            assertThat(written.substring(148, 160)).isEqualTo("000000000000");
            assertThat(written.substring(160)).matches("(77)+");
        }
    }

    private Ethtool machine(String lines) {
        Path machine = root.resolve("machine-" + machines++);
        return new EthtoolCalls(machine).line(lines).machine().ethtool();
    }

    /** Files are read as ISO 8859-1, whatever was written. */
    private static String asRead(String line) {
        return new String(line.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
