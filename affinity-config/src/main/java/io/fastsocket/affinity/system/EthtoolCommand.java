package io.fastsocket.affinity.system;

/** The commands of {@code linux/ethtool.h} that this project calls; those whose name begins with S change the card. */
public enum EthtoolCommand {
    GCOALESCE(0x0e),
    SCOALESCE(0x0f),
    GSTRINGS(0x1b),
    GSTATS(0x1d),
    GFLAGS(0x25),
    GRXFH(0x29),
    GRXRINGS(0x2d),
    GRXCLSRLCNT(0x2e),
    GRXCLSRULE(0x2f),
    GRXCLSRLALL(0x30),
    GSSET_INFO(0x37),
    GRXFHINDIR(0x38),
    GCHANNELS(0x3c),
    SCHANNELS(0x3d),
    GRSSH(0x46),
    SRSSH(0x47);

    private final int number;

    EthtoolCommand(int number) {
        this.number = number;
    }

    /** The first four bytes of the structure. */
    public int number() {
        return number;
    }

    /** The name that the kernel gives a number, or {@code "ETHTOOL_0x.."} for one that is not among these. */
    static String nameOf(int number) {
        for (EthtoolCommand command : values()) {
            if (command.number == number) {
                return "ETHTOOL_" + command.name();
            }
        }
        return "ETHTOOL_0x" + Integer.toHexString(number);
    }
}
