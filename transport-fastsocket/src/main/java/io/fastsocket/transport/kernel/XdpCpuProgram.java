package io.fastsocket.transport.kernel;

import static io.fastsocket.transport.kernel.EbpfAssembler.Register.R0;
import static io.fastsocket.transport.kernel.EbpfAssembler.Register.R1;
import static io.fastsocket.transport.kernel.EbpfAssembler.Register.R10;
import static io.fastsocket.transport.kernel.EbpfAssembler.Register.R2;
import static io.fastsocket.transport.kernel.EbpfAssembler.Register.R3;
import static io.fastsocket.transport.kernel.EbpfAssembler.Register.R5;
import static io.fastsocket.transport.kernel.EbpfAssembler.Register.R6;

import io.fastsocket.transport.kernel.EbpfAssembler.Condition;
import io.fastsocket.transport.kernel.EbpfAssembler.Operation;
import io.fastsocket.transport.kernel.EbpfAssembler.Register;
import io.fastsocket.transport.kernel.EbpfAssembler.Width;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * A loaded XDP program that computes a place in a table of CPUs from a packet, and moves the packet to that CPU: a thread
 * of the kernel there makes its buffer and runs TCP. Maps: {@code place -> CPU}, and the cpumap, which has an entry for
 * each CPU of the table.
 */
final class XdpCpuProgram implements AutoCloseable {
    static final int XDP_PASS = 2;
    static final int XDP_REDIRECT = 4;

    /** Where the code that chooses leaves the place, 0 to the size of the table less one. */
    static final Register PLACE = R5;

    /**
     * Packets that wait for a CPU of the cpumap before more are dropped. The kernel allows 1 to 16 384 and moves 8 at a
     * time. 2048 are a fifth of a millisecond at 10 million packets a second, and a burst of four full receive rings of
     * 512; less drops under a burst from several queues, more only adds delay and takes 8 bytes each.
     */
    private static final int QUEUE_PACKETS = 2048;

    private static final int HELPER_MAP_LOOKUP_ELEM = 1;
    private static final int HELPER_GET_SMP_PROCESSOR_ID = 8;
    private static final int HELPER_REDIRECT_MAP = 51;

    /** Of the stack, which ends at R10. */
    private static final int KEY_AT = -Integer.BYTES;

    private final Bpf bpf;
    private final BpfFd program;

    private XdpCpuProgram(Bpf bpf, BpfFd program) {
        this.bpf = bpf;
        this.program = program;
    }

    /**
     * @param name for people who list programs, up to 15 letters, digits and underscores
     * @param choose writes the code that computes {@link #PLACE}, or jumps to {@link TcpHeaderCode#PASS}
     * @param cpus the table; a negative number leaves a packet where it is
     */
    static XdpCpuProgram load(Bpf bpf, String name, Consumer<EbpfAssembler> choose, List<Integer> cpus)
            throws BpfException {
        TreeSet<Integer> targets = new TreeSet<>(cpus);
        targets.removeIf(cpu -> cpu < 0);
        requireOnline(bpf, targets);
        // The program keeps its maps; this process need not.
        try (BpfFd cpuMap = bpf.createMap(Bpf.MapType.CPUMAP, name + "_cpu", targets.last() + 1);
                BpfFd table = bpf.createMap(Bpf.MapType.ARRAY, name + "_tab", cpus.size())) {
            for (int cpu : targets) {
                bpf.update(cpuMap, cpu, QUEUE_PACKETS);
            }
            for (int place = 0; place < cpus.size(); place++) {
                bpf.update(table, place, cpus.get(place));
            }
            EbpfAssembler code = new EbpfAssembler();
            choose.accept(code);
            redirect(code, table, cpuMap);
            return new XdpCpuProgram(bpf, bpf.loadXdp(name, code.assemble()));
        }
    }

    private static void requireOnline(Bpf bpf, Collection<Integer> cpus) throws BpfException {
        BitSet online;
        try {
            online = OnlineCpus.read(Path.of("/"));
        } catch (IOException unknown) {
            throw bpf.exception(
                    "the CPUs that are online cannot be read: " + unknown.getMessage() + "; fix: mount /sys",
                    BpfErrors.ENODEV);
        }
        for (int cpu : cpus) {
            if (!online.get(cpu)) {
                throw bpf.exception(
                        "cpu=" + cpu + " (expected one of " + online
                                + "): it is offline or not there, and nobody would take packets from its queue; fix: name"
                                + " CPUs that are online",
                        BpfErrors.ENODEV);
            }
        }
    }

    private static void redirect(EbpfAssembler code, BpfFd table, BpfFd cpuMap) {
        code.store(Width.WORD, R10, KEY_AT, PLACE);
        code.mov(R2, R10).alu64(Operation.ADD, R2, KEY_AT);
        code.loadMap(R1, table.number()).call(HELPER_MAP_LOOKUP_ELEM);
        code.jumpIf(R0, Condition.EQ, 0, TcpHeaderCode.PASS);
        code.load(Width.WORD, R6, R0, 0);
        code.call(HELPER_GET_SMP_PROCESSOR_ID);
        code.jumpIf(R0, Condition.EQ, R6, TcpHeaderCode.PASS);
        // The last argument is the answer when the map has no such entry: where the table has no CPU, R6 is all ones.
        code.loadMap(R1, cpuMap.number()).mov(R2, R6).mov(R3, XDP_PASS).call(HELPER_REDIRECT_MAP);
        code.exit();
        code.label(TcpHeaderCode.PASS).mov(R0, XDP_PASS).exit();
    }

    /** {@link #XDP_PASS} or {@link #XDP_REDIRECT}, for a packet of at least 14 bytes that goes nowhere. */
    int testRun(byte[] packet) throws BpfException {
        return bpf.testRun(program, packet);
    }

    /** @param modes to be tried in this order */
    XdpLink attach(String interfaceName, int interfaceIndex, List<XdpMode> modes) throws BpfException {
        return XdpLink.attach(bpf, program, interfaceName, interfaceIndex, modes);
    }

    @Override
    public void close() {
        program.close();
    }
}
