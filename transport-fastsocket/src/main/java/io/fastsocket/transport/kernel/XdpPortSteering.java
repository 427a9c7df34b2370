package io.fastsocket.transport.kernel;

import static io.fastsocket.transport.kernel.XdpCpuProgram.PLACE;

import io.fastsocket.transport.kernel.EbpfAssembler.Condition;
import io.fastsocket.transport.kernel.EbpfAssembler.Operation;
import io.fastsocket.transport.kernel.EbpfAssembler.Width;
import java.util.List;
import java.util.Optional;

/**
 * Flow delivery by port bits, its half in the kernel: TCP packets that arrive on an interface for a local port of a
 * reserved range are moved to the CPU that {@link PortBits} encode in the port. Everything else goes its usual way: other
 * ports, other protocols, IPv4 fragments, IPv6 extension headers, three and more VLAN tags. It ends with {@link #close},
 * or with the process, however that ends. Safe for use by any thread.
 *
 * <p>Gains: connections that this machine opens live on the CPU that chose their port, on any card. Costs: every packet
 * of the range that arrives on another CPU is queued once; its receive hash, the card's word that its checksum is right
 * and a VLAN tag that the card took off ({@code ethtool -K <interface> rxvlan off} leaves it on) are lost. On veth, whose
 * sender may leave checksums to be computed, switch that off on both ends: {@code ethtool -K <interface> tx off}. Fails: a
 * driver that runs native XDP without redirection drops the packets, and so does a queue of 2048 packets that is
 * full; confirm by the {@link SocketOptions#incomingCpu} of a real connection.
 *
 * <p>Needs CAP_BPF and CAP_NET_ADMIN, Linux 5.9, and 5.15 for {@link XdpMode#GENERIC}.
 */
public final class XdpPortSteering implements AutoCloseable {
    private static final int DESTINATION_PORT_AT = 2;

    private final XdpLink link;
    private final PortBits ports;

    private XdpPortSteering(XdpLink link, PortBits ports) {
        this.link = link;
        this.ports = ports;
    }

    /**
     * Begins to move packets, in the driver when it can, else in the network stack.
     *
     * @param interfaceName in this process's network namespace, such as {@code eth0}
     * @throws BpfException when anything that is needed is missing: the message says what, and nothing is left behind.
     *     No JNA and no bpf(2) are ENOSYS, missing capabilities EPERM, no such interface or CPU ENODEV, another program
     *     on the interface EBUSY or EEXIST, no XDP on it EOPNOTSUPP or EINVAL
     * @throws IllegalArgumentException for a name that no interface can have
     */
    public static XdpPortSteering attach(String interfaceName, PortBits ports) throws BpfException {
        return attach(interfaceName, ports, XdpMode.BEST_FIRST);
    }

    static XdpPortSteering attach(String interfaceName, PortBits ports, List<XdpMode> modes) throws BpfException {
        Bpf bpf =
                Bpf.forTask("cannot steer ports by XDP on interface \"" + InterfaceName.require(interfaceName) + "\"");
        int interfaceIndex = bpf.interfaceIndex(interfaceName);
        try (XdpCpuProgram program = load(bpf, ports)) {
            return new XdpPortSteering(program.attach(interfaceName, interfaceIndex, modes), ports);
        }
    }

    static XdpCpuProgram load(Bpf bpf, PortBits ports) throws BpfException {
        return XdpCpuProgram.load(bpf, "fs_ports", code -> choose(code, ports), ports.cpuByResidue());
    }

    private static void choose(EbpfAssembler code, PortBits ports) {
        TcpHeaderCode.find(code);
        code.load(Width.HALF, PLACE, TcpHeaderCode.TCP, DESTINATION_PORT_AT).toBigEndian(PLACE, 16);
        // A port below the range becomes a huge number, for comparisons are unsigned.
        code.alu64(Operation.SUB, PLACE, ports.firstPort());
        code.jumpIf(PLACE, Condition.GE, ports.portCount(), TcpHeaderCode.PASS);
        code.alu64(Operation.AND, PLACE, ports.cpuByResidue().size() - 1);
    }

    public String interfaceName() {
        return link.interfaceName();
    }

    public XdpMode mode() {
        return link.mode();
    }

    /** Why it is not native, or empty when it is: one line for whoever reads what was chosen. */
    public Optional<String> nativeRefused() {
        return Optional.ofNullable(link.betterModeRefused()).map(Throwable::getMessage);
    }

    public PortBits ports() {
        return ports;
    }

    /** Ends the steering; packets stay on the CPU that receives them. Again does nothing. */
    @Override
    public void close() {
        link.close();
    }
}
