package io.fastsocket.transport.kernel;

import static io.fastsocket.transport.kernel.XdpCpuProgram.XDP_PASS;
import static io.fastsocket.transport.kernel.XdpCpuProgram.XDP_REDIRECT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fastsocket.transport.OnCpu;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the programs answer for a packet: the kernel runs them with BPF_PROG_TEST_RUN, and nothing is sent. */
@Tag("namespace")
@Timeout(60)
class XdpProgramTest {
    private static final int FIRST = 40_000;
    private static final int COUNT = 16;
    private static final int VLAN = 0x8100;
    private static final int SERVICE_VLAN = 0x88a8;

    /** Where the programs run, so that every packet for the other one is to be moved. */
    private int here;

    private int there;

    @BeforeEach
    void asksForRootAndTwoCpus() {
        assumeTrue("root".equals(System.getProperty("user.name")), "root, to load XDP programs");
        List<Integer> cpus = new ArrayList<>();
        OnCpu.allowed().forEach(cpus::add);
        assumeTrue(cpus.size() > 1, "two CPUs, to move packets from one to the other");
        here = cpus.get(0);
        there = cpus.get(1);
    }

    @Test
    void tcpToTheRangeIsMoved() throws Exception {
        assertThat(answers(Frames.ipv4(), List.of(there))).containsExactly(XDP_REDIRECT);
        assertThat(answers(Frames.ipv6(), List.of(there))).containsExactly(XDP_REDIRECT);
    }

    @Test
    void aPacketForTheCpuThatHasItIsLeftThere() throws Exception {
        assertThat(answers(Frames.ipv4(), List.of(here))).containsExactly(XDP_PASS);
    }

    @Test
    void theResidueOfThePortChoosesTheCpu() throws Exception {
        List<Integer> cpus = List.of(there, here, PortBits.LEAVE, there);

        for (Frames frames : List.of(Frames.ipv4(), Frames.ipv6())) {
            assertThat(answers(frames, cpus)).containsExactly(XDP_REDIRECT, XDP_PASS, XDP_PASS, XDP_REDIRECT);
        }
    }

    @Test
    void portsBesideTheRangeAreLeftAlone() throws Exception {
        run(List.of(there, there), program -> {
            assertThat(program.testRun(Frames.ipv4().to(FIRST - 1).bytes())).isEqualTo(XDP_PASS);
            assertThat(program.testRun(Frames.ipv4().to(FIRST).bytes())).isEqualTo(XDP_REDIRECT);
            assertThat(program.testRun(Frames.ipv4().to(FIRST + COUNT - 1).bytes()))
                    .isEqualTo(XDP_REDIRECT);
            assertThat(program.testRun(Frames.ipv4().to(FIRST + COUNT).bytes())).isEqualTo(XDP_PASS);
            assertThat(program.testRun(Frames.ipv4().to(0).bytes())).isEqualTo(XDP_PASS);
            assertThat(program.testRun(Frames.ipv4().to(65_535).bytes())).isEqualTo(XDP_PASS);
        });
    }

    @Test
    void theSourcePortDoesNotCount() throws Exception {
        InetAddress any = Frames.address("192.0.2.7");
        run(List.of(there), program -> assertThat(program.testRun(
                        Frames.ipv4().between(any, FIRST, any, 8080).bytes()))
                .isEqualTo(XDP_PASS));
    }

    @Test
    void aRangeMayEndWithTheLastPort() throws Exception {
        run(new PortBits(65_528, 8, List.of(there)), program -> {
            assertThat(program.testRun(Frames.ipv4().to(65_535).bytes())).isEqualTo(XDP_REDIRECT);
            assertThat(program.testRun(Frames.ipv4().to(65_527).bytes())).isEqualTo(XDP_PASS);
        });
    }

    @Test
    void upToTwoVlanTagsAreLookedThrough() throws Exception {
        run(List.of(there), program -> {
            for (Frames frames : List.of(Frames.ipv4().to(FIRST), Frames.ipv6().to(FIRST))) {
                assertThat(program.testRun(frames.tag(VLAN).bytes())).isEqualTo(XDP_REDIRECT);
                assertThat(program.testRun(frames.tag(VLAN).bytes())).isEqualTo(XDP_REDIRECT);
                assertThat(program.testRun(frames.tag(VLAN).bytes())).isEqualTo(XDP_PASS);
            }
            assertThat(program.testRun(
                            Frames.ipv4().to(FIRST).tag(SERVICE_VLAN).tag(VLAN).bytes()))
                    .isEqualTo(XDP_REDIRECT);
        });
    }

    @Test
    void ipv4OptionsAreSkipped() throws Exception {
        run(List.of(there), program -> {
            for (int words = 0; words <= 10; words++) {
                assertThat(program.testRun(
                                Frames.ipv4().to(FIRST).optionWords(words).bytes()))
                        .isEqualTo(XDP_REDIRECT);
            }
        });
    }

    @Test
    void fragmentsAreLeftAlone() throws Exception {
        run(List.of(there), program -> {
            assertThat(program.testRun(Frames.ipv4().to(FIRST).fragment(0x4000).bytes()))
                    .describedAs("may not be fragmented")
                    .isEqualTo(XDP_REDIRECT);
            assertThat(program.testRun(Frames.ipv4().to(FIRST).fragment(0x2000).bytes()))
                    .describedAs("first fragment")
                    .isEqualTo(XDP_PASS);
            assertThat(program.testRun(Frames.ipv4().to(FIRST).fragment(1).bytes()))
                    .describedAs("later fragment")
                    .isEqualTo(XDP_PASS);
        });
    }

    @Test
    void otherProtocolsAreLeftAlone() throws Exception {
        run(List.of(there), program -> {
            for (Frames frames : List.of(Frames.ipv4().to(FIRST), Frames.ipv6().to(FIRST))) {
                assertThat(program.testRun(frames.protocol(Frames.UDP).bytes())).isEqualTo(XDP_PASS);
                assertThat(program.testRun(
                                frames.protocol(Frames.DESTINATION_OPTIONS).bytes()))
                        .isEqualTo(XDP_PASS);
            }
            byte[] arp = Frames.ipv4().to(FIRST).bytes();
            arp[13] = 6;
            assertThat(program.testRun(arp)).isEqualTo(XDP_PASS);
        });
    }

    @Test
    void whatIsShorterThanItsHeadersIsLeftAlone() throws Exception {
        run(List.of(there), program -> {
            for (Frames frames : List.of(
                    Frames.ipv4().to(FIRST),
                    Frames.ipv4().to(FIRST).optionWords(10),
                    Frames.ipv4().to(FIRST).tag(VLAN).tag(VLAN),
                    Frames.ipv6().to(FIRST),
                    Frames.ipv6().to(FIRST).tag(VLAN))) {
                byte[] whole = frames.bytes();
                for (int length = 14; length < whole.length; length++) {
                    assertThat(program.testRun(Arrays.copyOf(whole, length)))
                            .describedAs("%s of %s bytes", length, whole.length)
                            .isEqualTo(XDP_PASS);
                }
                assertThat(program.testRun(whole)).isEqualTo(XDP_REDIRECT);
            }
            for (int firstByte : List.of(0x44, 0x40, 0x55, 0x00, 0xff)) {
                assertThat(program.testRun(
                                Frames.ipv4().to(FIRST).firstByte(firstByte).bytes()))
                        .describedAs("first byte %s of IPv4", firstByte)
                        .isEqualTo(XDP_PASS);
            }
        });
    }

    @Test
    void theScrambleOfTheProgramIsTheOneOfJava() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        FlowScramble scramble = new FlowScramble(random.nextLong(), List.of(here, there, there, here, there));
        OnCpu.call(here, () -> {
            try (XdpCpuProgram program = XdpScrambledNic.load(bpf(), scramble)) {
                int moved = 0;
                for (int i = 0; i < 2000; i++) {
                    InetAddress source = randomAddress(random, i);
                    InetAddress destination = randomAddress(random, i);
                    int sourcePort = random.nextInt(1 << 16);
                    int destinationPort = random.nextInt(1 << 16);
                    int expected = scramble.cpuFor(source, destination, sourcePort, destinationPort);

                    assertThat(program.testRun(Frames.ipv4()
                                    .between(source, sourcePort, destination, destinationPort)
                                    .bytes()))
                            .describedAs("seed %s, flow %s", seed, i)
                            .isEqualTo(expected == here ? XDP_PASS : XDP_REDIRECT);
                    moved += expected == here ? 0 : 1;
                }
                assertThat(moved).isBetween(1000, 1400);
            }
            return null;
        });
    }

    @Test
    void aCpuThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> XdpPortSteering.load(bpf(), new PortBits(FIRST, COUNT, List.of(8000))))
                .isInstanceOfSatisfying(BpfException.class, refused -> assertThat(refused.errno())
                        .isEqualTo(BpfErrors.ENODEV))
                .hasMessageStartingWith("cannot test: cpu=8000 (expected one of {0,")
                .hasMessageEndingWith(
                        "): it is offline or not there, and nobody would take packets from its queue; fix:"
                                + " name CPUs that are online");
    }

    @Test
    void theVerifierSaysWhatItRefuses() {
        EbpfAssembler code = new EbpfAssembler();
        code.exit();

        assertThatThrownBy(() -> bpf().loadXdp("wrong", code.assemble()).close())
                .isInstanceOfSatisfying(BpfException.class, refused -> assertThat(refused.verifierLog())
                        .contains("R0 !read_ok", "processed "))
                .hasMessageStartingWith("cannot test: call=BPF_PROG_LOAD program=wrong errno=13 (EACCES): the kernel's"
                        + " verifier says \"R0 !read_ok\"; fix: ");
    }

    private static Bpf bpf() throws BpfException {
        return Bpf.forTask("cannot test");
    }

    private static InetAddress randomAddress(Random random, int family) throws Exception {
        byte[] bytes = new byte[family % 2 == 0 ? 4 : 16];
        random.nextBytes(bytes);
        return InetAddress.getByAddress(bytes);
    }

    /** One answer for each residue. */
    private List<Integer> answers(Frames frames, List<Integer> cpus) throws Exception {
        List<Integer> answers = new ArrayList<>();
        run(cpus, program -> {
            for (int residue = 0; residue < cpus.size(); residue++) {
                answers.add(program.testRun(frames.to(FIRST + residue).bytes()));
            }
        });
        return answers;
    }

    private interface Check {
        void check(XdpCpuProgram program) throws Exception;
    }

    private void run(List<Integer> cpus, Check check) throws Exception {
        run(new PortBits(FIRST, COUNT, cpus), check);
    }

    private void run(PortBits ports, Check check) throws Exception {
        Callable<Void> onCpu = () -> {
            try (XdpCpuProgram program = XdpPortSteering.load(bpf(), ports)) {
                check.check(program);
            }
            return null;
        };
        OnCpu.call(here, onCpu);
    }
}
