package io.fastsocket.affinity.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Asks the real kernel about lo, which every machine and container has and which has no queues to set. */
@EnabledOnOs(OS.LINUX)
class IoctlEthtoolTest {
    private final IoctlEthtool ethtool = new IoctlEthtool();

    @Test
    void readsTheFlagsOfLoopback() throws EthtoolException {
        EthtoolStruct flags = EthtoolStruct.of(EthtoolCommand.GFLAGS, 8).call(ethtool, "lo");

        assertThat(flags.at(0)).isEqualTo(0x25);
        // ETH_FLAG_LRO, ETH_FLAG_RXVLAN, ETH_FLAG_TXVLAN, ETH_FLAG_NTUPLE, ETH_FLAG_RXHASH and no others.
        assertThat(flags.at(4) & ~0x1800_8180L).isZero();
    }

    @Test
    void saysThatLoopbackHasNoChannels() {
        assertThatThrownBy(() -> EthtoolSet.currentChannels(ethtool, "lo"))
                .isInstanceOfSatisfying(
                        EthtoolException.class, e -> assertThat(e.errno()).isEqualTo(95))
                .hasMessage(
                        "cannot call ETHTOOL_GCHANNELS on interface \"lo\": errno=95 (EOPNOTSUPP): the driver has no"
                                + " such operation; fix: do without it on this card");
    }

    @Test
    void saysThatThereIsNoSuchInterface() {
        assertThatThrownBy(() -> EthtoolSet.currentChannels(ethtool, "fs-none"))
                .isInstanceOfSatisfying(
                        EthtoolException.class, e -> assertThat(e.errno()).isEqualTo(19))
                .hasMessage("cannot call ETHTOOL_GCHANNELS on interface \"fs-none\": errno=19 (ENODEV): this network"
                        + " namespace has no such interface, or the card is asleep; fix: name one that `ip link` shows,"
                        + " and set it up");
    }

    @Test
    void namesCommandsItDoesNotKnow() {
        assertThat(catchThrowableOfType(
                        EthtoolException.class, () -> ethtool.call("lo", new byte[] {0x7f, 0x7f, 0, 0})))
                .hasMessageStartingWith("cannot call ETHTOOL_0x7f7f on interface \"lo\": errno=95 (EOPNOTSUPP)");
    }

    @Test
    void leavesNoSocketOpen() throws IOException {
        callThatFails();
        int before = openFiles();

        for (int i = 0; i < 100; i++) {
            callThatFails();
        }

        // Other threads of this process open and close files too, but not a hundred.
        assertThat(openFiles()).isLessThan(before + 50);
    }

    @Test
    void doesNotChangeTheRequest() throws EthtoolException {
        byte[] request = {0x25, 0, 0, 0, 0x55, 0x55, 0x55, 0x55};

        byte[] answer = ethtool.call("lo", request);

        assertThat(request).containsExactly(0x25, 0, 0, 0, 0x55, 0x55, 0x55, 0x55);
        assertThat(answer).hasSize(8).isNotEqualTo(request);
    }

    @Test
    void refusesNamesThatNoInterfaceCanHave() {
        for (String name : List.of("", "sixteen-bytes-ab", "a/b", "a\0b")) {
            assertThatThrownBy(() -> EthtoolSet.currentChannels(ethtool, name))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("cannot call ethtool: interface=" + ErrorText.quoted(name)
                            + " (expected 1 to 15 bytes without NUL and slash)");
        }
    }

    @Test
    void refusesStructuresOfImpossibleSizes() {
        for (int length : new int[] {0, 3, (1 << 20) + 1}) {
            assertThatThrownBy(() -> ethtool.call("lo", new byte[length]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("cannot call ethtool on interface \"lo\": bytes=" + length
                            + " (expected 4 to 1048576): no structure has this size; fix: give one of linux/ethtool.h");
        }
    }

    @Test
    void saysWhatIsMissingWithoutJna() throws Exception {
        String classes = Path.of(IoctlEthtool.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                + ":"
                + Path.of(EthtoolProbe.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI());

        assertThat(output("-cp", classes)).containsExactly(noJna());
    }

    @Test
    void saysWhatIsMissingWithoutTheLibraryThatJnaUnpacks() throws Exception {
        assertThat(output("-Djna.nosys=true", "-Djna.noclasspath=true", "-cp", System.getProperty("java.class.path")))
                .containsExactly(noJna());
    }

    private static String noJna() {
        return "cannot call ETHTOOL_GCHANNELS on interface \"lo\": errno=38 (ENOSYS): JNA cannot call the C library"
                + " here;"
                + " fix: add net.java.dev.jna:jna, and let it unpack its library into a directory that is not mounted"
                + " noexec (-Djna.tmpdir=...)";
    }

    private static List<String> output(String... options) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of(EthtoolProbe.class.getName(), "lo", "channels"));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<String> lines = process.inputReader().lines().toList();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return lines;
    }

    private void callThatFails() {
        assertThatThrownBy(() -> EthtoolSet.currentChannels(ethtool, "lo")).isInstanceOf(EthtoolException.class);
    }

    private static int openFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return (int) files.count();
        }
    }
}
