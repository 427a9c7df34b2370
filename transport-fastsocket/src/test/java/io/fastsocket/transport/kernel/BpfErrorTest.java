package io.fastsocket.transport.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said, in one line, when something that XDP needs is missing. */
@Timeout(90)
class BpfErrorTest {
    private static final String TASK = "cannot steer ports by XDP on interface \"lo\"";
    private static final String STEER = "steer lo NATIVE,GENERIC 40000 2 0,0";

    @Test
    @EnabledOnOs(OS.LINUX)
    void withoutPrivilegeTheMissingCapabilitiesAreNamed() throws Exception {
        try (ChildProcess process = ChildProcess.start(unprivileged())) {
            assertThat(process.ask(STEER))
                    .isEqualTo(
                            TASK + ": call=BPF_MAP_CREATE map=fs_ports_cpu errno=1 (EPERM): this process lacks CAP_BPF"
                                    + " and CAP_NET_ADMIN; fix: run as root, give the service AmbientCapabilities=CAP_BPF"
                                    + " CAP_NET_ADMIN, or the container --cap-add BPF --cap-add NET_ADMIN");
            assertThat(process.ask("files")).isEqualTo("0");
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void withoutJnaItIsSaidHowToGetIt() throws Exception {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !Path.of(entry).getFileName().toString().startsWith("jna-"))
                .collect(Collectors.joining(File.pathSeparator));

        try (ChildProcess process = ChildProcess.start(classPath, unprivileged())) {
            assertThat(process.ask(STEER))
                    .isEqualTo(TASK + ": errno=38 (ENOSYS): JNA cannot call the C library here; fix: add"
                            + " net.java.dev.jna:jna, and let it unpack its library into a directory that is not mounted"
                            + " noexec (-Djna.tmpdir=...)");
        }
    }

    /** Root without capabilities is nobody to bpf(2). */
    private static List<String> unprivileged() {
        return "root".equals(System.getProperty("user.name"))
                ? List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all")
                : List.of();
    }

    @ParameterizedTest
    @CsvSource({"Linux,riscv64", "Linux,x86", "Mac OS X,aarch64", "Windows 11,amd64"})
    void onOtherMachinesNoNumberIsGuessed(String os, String architecture) {
        assertThatThrownBy(() -> SyscallNumber.ofBpf(TASK, os, architecture))
                .isInstanceOfSatisfying(BpfException.class, refused -> assertThat(refused.errno())
                        .isEqualTo(BpfErrors.ENOSYS))
                .hasMessage(TASK + ": os.name=" + os + " os.arch=" + architecture
                        + " (expected Linux on amd64 or aarch64): the number of bpf(2) is known there only; fix: do"
                        + " without XDP on this machine");
    }

    @Test
    void theNumberOfBpfIsThatOfTheArchitecture() throws Exception {
        assertThat(SyscallNumber.ofBpf(TASK, "Linux", "amd64")).isEqualTo(321);
        assertThat(SyscallNumber.ofBpf(TASK, "Linux", "aarch64")).isEqualTo(280);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sixteen-letters-", "a/b", "a b", "eth0:1", "a\nb", "\u00e9"})
    void aNameThatNoInterfaceCanHaveIsAnArgumentsFault(String name) {
        PortBits ports = new PortBits(40_000, 2, List.of(0));

        assertThatThrownBy(() -> XdpPortSteering.attach(name, ports).close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot attach an XDP program: interface=\"" + name.replaceAll("[^ -~]", "?")
                        + "\" (expected 1 to 15 characters of ASCII without blank, slash and colon): no interface can"
                        + " have this name; fix: name one that `ip link` shows");
    }

    @ParameterizedTest
    @EnabledOnOs(OS.LINUX)
    @CsvSource({"5.14.21,false", "5.15.0-91-generic,true", "6.1.0,true", "4.19.0,false", "10.0,true", "odd,false"})
    void genericModeIsRefusedWhereItLosesPackets(String release, boolean fits) throws Exception {
        Bpf bpf = Bpf.forTask(TASK);
        LinuxVersion kernel = LinuxVersion.parse(release);

        XdpLink.requireCpuMap(bpf, XdpMode.NATIVE, kernel);
        if (fits) {
            XdpLink.requireCpuMap(bpf, XdpMode.GENERIC, kernel);
        } else {
            assertThatThrownBy(() -> XdpLink.requireCpuMap(bpf, XdpMode.GENERIC, kernel))
                    .isInstanceOf(BpfException.class)
                    .hasMessage(TASK + ": mode=GENERIC kernel=" + kernel.major() + "." + kernel.minor()
                            + " (expected 5.15 or newer): it would lose every packet that goes to another CPU; fix:"
                            + " update the kernel, or use a card whose driver has native XDP");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "000001ffffffffff,''",
        "0000008000001000,''",
        "0000000000200000,''",
        "0000008000000000,CAP_NET_ADMIN",
        "0000000000001000,CAP_BPF",
        "0000000000000000,CAP_BPF CAP_NET_ADMIN"
    })
    void capabilitiesAreReadFromTheEffectiveSet(String effective, String missing) {
        List<String> status = List.of("Name:\tjava", "CapPrm:\t000001ffffffffff", "CapEff:\t" + effective);

        assertThat(String.join(" ", ProcessCapabilities.missing(status))).isEqualTo(missing);
    }

    @Test
    void anAnswerWithoutCapabilitiesCountsAsNone() {
        assertThat(ProcessCapabilities.missing(List.of("Name:\tjava"))).containsExactly("CAP_BPF", "CAP_NET_ADMIN");
    }

    @Test
    void theListOfCpusHasRangesAndNumbers(@TempDir Path root) throws Exception {
        BitSet expected = new BitSet();
        expected.set(0, 4);
        expected.set(8);
        expected.set(10, 12);

        assertThat(online(root, "0-3,8,10-11\n")).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0-", "3-1", "-1", "0,,2", "x", "0-99999999", "9999"})
    void whatIsNoListOfCpusIsSaid(String list, @TempDir Path root) {
        assertThatThrownBy(() -> online(root, list))
                .isInstanceOf(IOException.class)
                .hasMessage("cannot read the CPUs that are online: file=sys/devices/system/cpu/online (expected a list"
                        + " such as 0-3,8): it is no list; fix: look at the file");
    }

    private static BitSet online(Path root, String list) throws IOException {
        Path directory = Files.createDirectories(root.resolve("sys/devices/system/cpu"));
        Files.writeString(directory.resolve("online"), list);
        return OnlineCpus.read(root);
    }
}
