package io.fastsocket.transport.kernel;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An XDP program's place on an interface. It ends with the descriptor, also when the process is killed: nothing is pinned. */
final class XdpLink implements AutoCloseable {
    /** Another mode would get the same answer. */
    private static final Set<Integer> FINAL =
            Set.of(Errno.EPERM, BpfErrors.EBUSY, BpfErrors.EEXIST, BpfErrors.ENODEV, BpfErrors.ENOSYS);

    /** Before, packets that a generic program sends to a cpumap are lost, which trying would have to find out. */
    private static final LinuxVersion GENERIC_CPUMAP = new LinuxVersion(5, 15);

    private final BpfFd link;
    private final String interfaceName;
    private final XdpMode mode;
    private final @Nullable BpfException betterModeRefused;

    private XdpLink(BpfFd link, String interfaceName, XdpMode mode, @Nullable BpfException betterModeRefused) {
        this.link = link;
        this.interfaceName = interfaceName;
        this.mode = mode;
        this.betterModeRefused = betterModeRefused;
    }

    static XdpLink attach(Bpf bpf, BpfFd program, String interfaceName, int interfaceIndex, List<XdpMode> modes)
            throws BpfException {
        BpfException refused = null;
        for (XdpMode mode : modes) {
            try {
                requireCpuMap(bpf, mode, LinuxVersion.parse(System.getProperty("os.version")));
                // From here on the program sees packets.
                return new XdpLink(bpf.linkXdp(program, interfaceIndex, mode), interfaceName, mode, refused);
            } catch (BpfException next) {
                if (refused != null) {
                    next.addSuppressed(refused);
                }
                refused = next;
                if (FINAL.contains(next.errno())) {
                    break;
                }
            }
        }
        if (refused == null) {
            throw new IllegalArgumentException("modes=[] (expected one or more)");
        }
        throw refused;
    }

    static void requireCpuMap(Bpf bpf, XdpMode mode, LinuxVersion kernel) throws BpfException {
        if (mode == XdpMode.GENERIC && !kernel.isAtLeast(GENERIC_CPUMAP.major(), GENERIC_CPUMAP.minor())) {
            throw bpf.exception(
                    "mode=GENERIC kernel=" + kernel.major() + "." + kernel.minor() + " (expected "
                            + GENERIC_CPUMAP.major() + "." + GENERIC_CPUMAP.minor()
                            + " or newer): it would lose every packet that goes to another CPU; fix: update the kernel,"
                            + " or use a card whose driver has native XDP",
                    Errno.EOPNOTSUPP);
        }
    }

    String interfaceName() {
        return interfaceName;
    }

    XdpMode mode() {
        return mode;
    }

    @Nullable
    BpfException betterModeRefused() {
        return betterModeRefused;
    }

    @Override
    public void close() {
        // Packets that are in the kernel's queues by then still go to their CPU.
        link.close();
    }
}
