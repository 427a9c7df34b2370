package io.fastsocket.transport.kernel;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.summingInt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fastsocket.transport.OnCpu;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real connections through a real link, whose packets would all arrive on the CPU that both ends run on. */
@Tag("namespace")
@Timeout(180)
class XdpNamespaceTest {
    private static final int CONNECTIONS = 200;
    private static final int FIRST = 40_000;
    private static final int OUTSIDE = 50_000;
    private static final int SERVER = 8080;
    private static final String RANGE = FIRST + " 4096 ";

    private int here;
    private int there;
    private XdpBed bed;

    @BeforeEach
    void aBed() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "root, to make network namespaces");
        List<Integer> cpus = new ArrayList<>();
        OnCpu.allowed().forEach(cpus::add);
        assumeTrue(cpus.size() > 1, "two CPUs, to move packets from one to the other");
        here = cpus.get(0);
        there = cpus.get(1);
        bed = new XdpBed();
    }

    @AfterEach
    void noBed() throws Exception {
        if (bed != null) {
            bed.close();
        }
    }

    @ParameterizedTest
    @EnumSource(XdpMode.class)
    void packetsArriveOnTheCpuOfTheirPort(XdpMode mode) throws Exception {
        for (int cpu : List.of(here, there)) {
            try (ChildProcess far = bed.far(cpu);
                    ChildProcess near = bed.near(cpu)) {
                far.ask("serve " + SERVER);
                assertThat(near.ask(steer("vb", mode, here, there))).isEqualTo(mode.toString());

                for (String address : List.of(XdpBed.FAR_IPV4, XdpBed.FAR_IPV6)) {
                    assertThat(cpus(near, address, FIRST, 2)).isEqualTo(Map.of(here, CONNECTIONS));
                    assertThat(cpus(near, address, FIRST + 1, 2)).isEqualTo(Map.of(there, CONNECTIONS));
                }
                near.ask("detach");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(XdpMode.class)
    void everythingElseStaysWhereItIs(XdpMode mode) throws Exception {
        ChildProcess far = bed.far(here);
        ChildProcess near = bed.near(here);
        far.ask("serve " + SERVER);
        near.ask("serve " + SERVER);
        assertThat(near.ask(steer("vb", mode, there, PortBits.LEAVE))).isEqualTo(mode.toString());

        assertThat(cpus(near, XdpBed.FAR_IPV4, FIRST, 2)).describedAs("steered").isEqualTo(Map.of(there, CONNECTIONS));
        assertThat(cpus(near, XdpBed.FAR_IPV4, FIRST + 1, 2))
                .describedAs("a residue without a CPU")
                .isEqualTo(Map.of(here, CONNECTIONS));
        assertThat(cpus(near, XdpBed.FAR_IPV4, OUTSIDE, 1))
                .describedAs("ports beside the range")
                .isEqualTo(Map.of(here, CONNECTIONS));
        assertThat(cpus(far, XdpBed.NEAR_IPV4, FIRST, 1))
                .describedAs("the other end")
                .isEqualTo(Map.of(here, CONNECTIONS));
        assertThat(count(near.ask("accepted")))
                .describedAs("accepted connections")
                .isEqualTo(Map.of(here, CONNECTIONS));
    }

    @ParameterizedTest
    @EnumSource(XdpMode.class)
    void detachingEndsIt(XdpMode mode) throws Exception {
        ChildProcess far = bed.far(here);
        ChildProcess near = bed.near(here);
        far.ask("serve " + SERVER);
        assertThat(bed.showNear()).doesNotContain("xdp");
        near.ask(steer("vb", mode, there));
        assertThat(bed.showNear()).contains(mode == XdpMode.NATIVE ? " xdp " : " xdpgeneric ");
        assertThat(near.ask("files")).describedAs("the link alone stays open").isEqualTo("1");

        near.ask("detach");

        assertThat(bed.showNear()).doesNotContain("xdp");
        assertThat(near.ask("files")).isEqualTo("0");
        assertThat(cpus(near, XdpBed.FAR_IPV4, FIRST, 1)).isEqualTo(Map.of(here, CONNECTIONS));
    }

    @Test
    void theEndOfTheProcessDetaches() throws Exception {
        ChildProcess near = bed.near(here);
        near.ask(steer("vb", XdpMode.NATIVE, there));
        assertThat(bed.showNear()).contains(" xdp ");

        near.kill();

        await("the kernel lets go").atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(bed.showNear())
                .doesNotContain("xdp"));
    }

    @Test
    void whatIsAttachedAlreadyIsSaidAndLeftAlone() throws Exception {
        String another = ": another XDP program is attached to the interface; fix: end the process that holds it, or"
                + " detach it with `ip link set dev <interface> xdp off`; `ip link` shows its number";
        ChildProcess near = bed.near(here);
        near.ask(steer("vb", XdpMode.NATIVE, there));

        assertThat(near.ask(steer("vb", XdpMode.NATIVE, there)))
                .isEqualTo("cannot steer ports by XDP on interface \"vb\": call=BPF_LINK_CREATE mode=NATIVE errno=16"
                        + " (EBUSY)" + another);
        assertThat(near.ask("files")).isEqualTo("1");
        near.ask("detach");
        near.ask(steer("vb", XdpMode.GENERIC, there));
        assertThat(near.ask("steer vb NATIVE,GENERIC " + RANGE + there))
                .isEqualTo("cannot steer ports by XDP on interface \"vb\": call=BPF_LINK_CREATE mode=NATIVE errno=17"
                        + " (EEXIST)" + another);
        assertThat(bed.showNear()).contains(" xdpgeneric ");
    }

    @Test
    void whereTheDriverHasNoXdpItIsGeneric() throws Exception {
        ChildProcess near = bed.near(here);

        assertThat(near.ask("steer lo NATIVE,GENERIC " + RANGE + there))
                .isEqualTo("GENERIC cannot steer ports by XDP on interface \"lo\": call=BPF_LINK_CREATE mode=NATIVE"
                        + " errno=95 (EOPNOTSUPP): the interface has no XDP in this mode; fix: use generic mode, or"
                        + " another card or driver");
        assertThat(near.ask("steer nosuch NATIVE " + RANGE + there))
                .isEqualTo(
                        "cannot steer ports by XDP on interface \"nosuch\": errno=19 (ENODEV): this network namespace"
                                + " has no such interface; fix: name one that `ip link` shows");
    }

    @Test
    void twoCapabilitiesAreEnough() throws Exception {
        String steer = steer("vb", XdpMode.NATIVE, there);

        assertThat(bed.near(capabilities("+bpf,+net_admin")).ask(steer)).isEqualTo("NATIVE");
        assertThat(bed.near(capabilities("+bpf")).ask(steer))
                .contains("errno=1 (EPERM): this process lacks CAP_NET_ADMIN; fix: ");
        assertThat(bed.near(capabilities("+net_admin")).ask(steer))
                .contains("errno=1 (EPERM): this process lacks CAP_BPF; fix: ");
    }

    private static String capabilities(String which) {
        return "setpriv --bounding-set=-all," + which + " --inh-caps=-all";
    }

    @Test
    void aScrambledCardSendsEachFlowWhereItsTwinInJavaSays() throws Exception {
        long seed = System.nanoTime();
        long secret = new Random(seed).nextLong();
        FlowScramble twin = new FlowScramble(secret, List.of(here, there, there));
        ChildProcess far = bed.far(here);
        ChildProcess near = bed.near(here);
        far.ask("serve " + SERVER);
        assertThat(near.ask("scramble vb " + secret + " " + here + "," + there + "," + there))
                .isEqualTo("NATIVE");

        List<Integer> expected = new ArrayList<>();
        for (int port = FIRST; port < FIRST + CONNECTIONS; port++) {
            expected.add(twin.cpuFor(Frames.address(XdpBed.FAR_IPV4), Frames.address(XdpBed.NEAR_IPV4), SERVER, port));
        }
        assertThat(list(near.ask("connect " + XdpBed.FAR_IPV4 + " " + SERVER + " " + FIRST + " 1 " + CONNECTIONS)))
                .describedAs("seed %s", seed)
                .isEqualTo(expected);
        assertThat(expected).contains(here, there);
    }

    private static String steer(String interfaceName, XdpMode mode, Integer... cpus) {
        return "steer " + interfaceName + " " + mode + " " + RANGE
                + String.join(",", Arrays.stream(cpus).map(String::valueOf).toList());
    }

    /** CPU -> connections. */
    private static Map<Integer, Integer> cpus(ChildProcess from, String address, int firstPort, int step)
            throws Exception {
        return count(from.ask("connect " + address + " " + SERVER + " " + firstPort + " " + step + " " + CONNECTIONS));
    }

    private static Map<Integer, Integer> count(String cpus) {
        return list(cpus).stream().collect(groupingBy(cpu -> cpu, summingInt(cpu -> 1)));
    }

    private static List<Integer> list(String cpus) {
        return Arrays.stream(cpus.split(" ", -1)).map(Integer::valueOf).toList();
    }
}
