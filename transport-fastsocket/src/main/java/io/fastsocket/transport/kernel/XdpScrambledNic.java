package io.fastsocket.transport.kernel;

import java.net.InetAddress;
import java.util.List;

/**
 * A test bed, not for production: makes an interface behave like a card whose receive hash nobody knows. Every TCP packet
 * goes to a CPU chosen by a nonlinear mix of addresses, ports and a secret, so that code which learns from connections
 * where packets arrive has something to learn that it cannot compute. What {@link XdpPortSteering} says about packets it
 * leaves alone, costs and needs holds here too. Safe for use by any thread.
 */
public final class XdpScrambledNic implements AutoCloseable {
    private final XdpLink link;
    private final FlowScramble scramble;

    private XdpScrambledNic(XdpLink link, FlowScramble scramble) {
        this.link = link;
        this.scramble = scramble;
    }

    /**
     * Begins to move packets, in the driver when it can, else in the network stack.
     *
     * @param interfaceName in this process's network namespace
     * @param secret makes one card different from another
     * @param cpus one or more CPU numbers; one that is there twice gets twice as many flows
     * @throws BpfException as {@link XdpPortSteering#attach} does
     */
    public static XdpScrambledNic attach(String interfaceName, long secret, List<Integer> cpus) throws BpfException {
        FlowScramble scramble = new FlowScramble(secret, cpus);
        Bpf bpf = Bpf.forTask(
                "cannot scramble flows by XDP on interface \"" + InterfaceName.require(interfaceName) + "\"");
        int interfaceIndex = bpf.interfaceIndex(interfaceName);
        try (XdpCpuProgram program = load(bpf, scramble)) {
            return new XdpScrambledNic(program.attach(interfaceName, interfaceIndex, XdpMode.BEST_FIRST), scramble);
        }
    }

    static XdpCpuProgram load(Bpf bpf, FlowScramble scramble) throws BpfException {
        return XdpCpuProgram.load(bpf, "fs_scramble", scramble::choose, scramble.cpus());
    }

    /** The CPU for the packets of one direction of a connection, seen from their sender: its own address and port first. */
    public int cpuFor(InetAddress source, InetAddress destination, int sourcePort, int destinationPort) {
        return scramble.cpuFor(source, destination, sourcePort, destinationPort);
    }

    public String interfaceName() {
        return link.interfaceName();
    }

    public XdpMode mode() {
        return link.mode();
    }

    /** Every packet stays on the CPU that receives it. Again does nothing. */
    @Override
    public void close() {
        link.close();
    }
}
