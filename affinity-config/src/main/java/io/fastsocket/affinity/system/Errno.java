package io.fastsocket.affinity.system;

import java.util.Map;

/**
 * The numbers of errno(3) that ethtool calls end with, as x86-64 and aarch64 count them: their names, causes and
 * remedies.
 */
final class Errno {
    static final int ENODEV = 19;
    static final int EINVAL = 22;
    static final int ENOSYS = 38;
    /** The driver's answer contradicts itself; no driver says so, the readers of its answers do. */
    static final int EPROTO = 71;

    static final int EOPNOTSUPP = 95;

    private record Meaning(String name, String cause, String fix) {}

    private static final Map<Integer, Meaning> MEANINGS = Map.ofEntries(
            Map.entry(
                    1,
                    new Meaning(
                            "EPERM",
                            "this process may not change the card",
                            "run as root, in a container with --cap-add NET_ADMIN")),
            Map.entry(2, new Meaning("ENOENT", "the card has no such entry", "read the list again")),
            Map.entry(5, new Meaning("EIO", "the card does not answer", "look at `dmesg`")),
            Map.entry(12, new Meaning("ENOMEM", "the kernel has no memory for it", "free some, and try again")),
            Map.entry(13, new Meaning("EACCES", "a security module forbids it", "look at the audit log")),
            Map.entry(
                    16,
                    new Meaning(
                            "EBUSY", "something uses what would change", "find it in `dmesg`, end it, and try again")),
            Map.entry(
                    ENODEV,
                    new Meaning(
                            "ENODEV",
                            "this network namespace has no such interface, or the card is asleep",
                            "name one that `ip link` shows, and set it up")),
            Map.entry(
                    EINVAL,
                    new Meaning(
                            "EINVAL", "the driver does not take these values", "compare them with what ethtool shows")),
            Map.entry(23, new Meaning("ENFILE", "too many files are open", "raise fs.file-max")),
            Map.entry(24, new Meaning("EMFILE", "this process has too many files open", "raise `ulimit -n`")),
            Map.entry(25, new Meaning("ENOTTY", "this kernel has no ethtool ioctl", "use one built with CONFIG_NET")),
            Map.entry(28, new Meaning("ENOSPC", "the card has no room left for it", "remove entries first")),
            Map.entry(34, new Meaning("ERANGE", "a value is beyond what the card takes", "use a smaller one")),
            Map.entry(
                    ENOSYS,
                    new Meaning(
                            "ENOSYS",
                            "JNA cannot call the C library here",
                            "add net.java.dev.jna:jna, and let it unpack its library into a directory that is not"
                                    + " mounted noexec (-Djna.tmpdir=...)")),
            Map.entry(
                    EPROTO,
                    new Meaning(
                            "EPROTO",
                            "the answer contradicts itself",
                            "update the driver; on a recorded machine, collect it again")),
            Map.entry(90, new Meaning("EMSGSIZE", "there is more than was asked for", "try again")),
            Map.entry(
                    EOPNOTSUPP,
                    new Meaning("EOPNOTSUPP", "the driver has no such operation", "do without it on this card")),
            Map.entry(97, new Meaning("EAFNOSUPPORT", "this kernel has no IPv4", "use one that has")),
            Map.entry(100, new Meaning("ENETDOWN", "the interface is down", "set it up with `ip link set up`")),
            Map.entry(110, new Meaning("ETIMEDOUT", "the card does not answer", "look at `dmesg`")));

    private Errno() {}

    /** What failed, in the form of all errors: the call, the interface, errno, its cause and its remedy. */
    static EthtoolException exception(int command, String interfaceName, int errno) {
        return exception(command, interfaceName, errno, meaning(errno).cause());
    }

    /** The same with a cause that is known better than errno alone tells. */
    static EthtoolException exception(int command, String interfaceName, int errno, String cause) {
        Meaning meaning = meaning(errno);
        return new EthtoolException(
                "cannot call " + EthtoolCommand.nameOf(command) + " on interface " + ErrorText.quoted(interfaceName)
                        + ": errno=" + errno + " (" + meaning.name() + "): " + cause + "; fix: " + meaning.fix(),
                errno);
    }

    private static Meaning meaning(int errno) {
        return MEANINGS.getOrDefault(
                errno, new Meaning("errno " + errno, "see `errno -l`", "look at `dmesg` for what the driver says"));
    }
}
