package io.fastsocket.transport.kernel;

import java.util.List;
import java.util.Map;

/** What an errno of bpf(2) means for XDP, and what to do about it. */
final class BpfErrors {
    static final int E2BIG = 7;
    static final int EAGAIN = 11;
    static final int EACCES = 13;
    static final int EBUSY = 16;
    static final int EEXIST = 17;
    static final int ENODEV = 19;
    static final int ERANGE = 34;
    static final int ENOSYS = 38;

    private record Meaning(String cause, String fix) {}

    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(Errno.EPERM, "EPERM"),
            Map.entry(Errno.EINTR, "EINTR"),
            Map.entry(E2BIG, "E2BIG"),
            Map.entry(EAGAIN, "EAGAIN"),
            Map.entry(Errno.ENOMEM, "ENOMEM"),
            Map.entry(EACCES, "EACCES"),
            Map.entry(EBUSY, "EBUSY"),
            Map.entry(EEXIST, "EEXIST"),
            Map.entry(ENODEV, "ENODEV"),
            Map.entry(Errno.EINVAL, "EINVAL"),
            Map.entry(Errno.ENFILE, "ENFILE"),
            Map.entry(Errno.EMFILE, "EMFILE"),
            Map.entry(ERANGE, "ERANGE"),
            Map.entry(ENOSYS, "ENOSYS"),
            Map.entry(Errno.EOPNOTSUPP, "EOPNOTSUPP"));

    private BpfErrors() {}

    /**
     * @param failure what cannot be done on which object
     * @param object what the call was about, as name=value
     */
    static BpfException exception(String failure, Bpf.Command command, String object, int errno, String verifierLog) {
        Meaning meaning = meaning(command, errno, verifierLog);
        return new BpfException(
                failure + ": call=" + command + " " + object + " errno=" + errno + " ("
                        + NAMES.getOrDefault(errno, "see errno(3)") + "): " + meaning.cause + "; fix: " + meaning.fix,
                errno,
                verifierLog);
    }

    static BpfException noInterface(String failure) {
        return new BpfException(
                failure + ": errno=" + ENODEV
                        + " (ENODEV): this network namespace has no such interface; fix: name one that `ip link` shows",
                ENODEV,
                "");
    }

    static BpfException noJna(String failure, LinkageError cause) {
        BpfException unusable = new BpfException(
                failure + ": errno=" + ENOSYS
                        + " (ENOSYS): JNA cannot call the C library here; fix: add net.java.dev.jna:jna, and let it"
                        + " unpack its library into a directory that is not mounted noexec (-Djna.tmpdir=...)",
                ENOSYS,
                "");
        unusable.initCause(cause);
        return unusable;
    }

    private static Meaning meaning(Bpf.Command command, int errno, String verifierLog) {
        if (errno == Errno.EPERM) {
            return notPermitted();
        }
        if (!verifierLog.isBlank()) {
            return new Meaning(
                    "the kernel's verifier says \"" + verdict(verifierLog) + "\"",
                    "report it with BpfException.verifierLog() and the output of `uname -a`");
        }
        return switch (command) {
            case BPF_LINK_CREATE -> notLinked(errno);
            case BPF_MAP_UPDATE_ELEM ->
                errno == ENODEV || errno == E2BIG
                        ? new Meaning("this machine has no such CPU", "name CPUs that `lscpu --online` shows")
                        : other(errno);
            case BPF_MAP_CREATE, BPF_PROG_LOAD, BPF_PROG_TEST_RUN -> other(errno);
        };
    }

    private static Meaning notPermitted() {
        List<String> missing = ProcessCapabilities.missing();
        return missing.isEmpty()
                ? new Meaning(
                        "this process has CAP_BPF and CAP_NET_ADMIN, but a user namespace, a seccomp profile or, before"
                                + " Linux 5.11, RLIMIT_MEMLOCK forbids the call",
                        "run in the first user namespace, allow bpf(2) in the profile, or raise `ulimit -l`")
                : new Meaning(
                        "this process lacks " + String.join(" and ", missing),
                        "run as root, give the service AmbientCapabilities=CAP_BPF CAP_NET_ADMIN, or the container"
                                + " --cap-add BPF --cap-add NET_ADMIN");
    }

    private static Meaning notLinked(int errno) {
        return switch (errno) {
            case EBUSY, EEXIST ->
                new Meaning(
                        "another XDP program is attached to the interface",
                        "end the process that holds it, or detach it with `ip link set dev <interface> xdp off`; `ip link`"
                                + " shows its number");
            case Errno.EOPNOTSUPP ->
                new Meaning("the interface has no XDP in this mode", "use generic mode, or another card or driver");
            case Errno.EINVAL ->
                new Meaning(
                        "the driver refuses the program, or the kernel cannot link XDP programs, which Linux 5.9 began",
                        "look at `dmesg`, lower the MTU, switch receive offload (LRO) off, or update the kernel");
            case ERANGE, E2BIG ->
                new Meaning(
                        "packets of the interface are too large for XDP", "lower the MTU of it, on veth of both ends");
            default -> other(errno);
        };
    }

    private static Meaning other(int errno) {
        return switch (errno) {
            case ENOSYS -> new Meaning("this kernel has no bpf(2)", "use one built with CONFIG_BPF_SYSCALL");
            case Errno.ENOMEM ->
                new Meaning(
                        "the kernel has no memory for it, or the driver no queues left", "free some, and try again");
            case Errno.EMFILE -> new Meaning("this process has too many files open", "raise `ulimit -n`");
            case Errno.ENFILE -> new Meaning("too many files are open", "raise fs.file-max");
            case EACCES -> new Meaning("a security module forbids it", "look at the audit log");
            case E2BIG -> new Meaning("this kernel counts fewer CPUs", "name CPUs that `lscpu --online` shows");
            default -> new Meaning("the kernel does not take this call", "look at `dmesg`, and use Linux 5.9 or newer");
        };
    }

    /** The last line that is not the verifier's count of its own work. */
    private static String verdict(String log) {
        return log.lines()
                .filter(line -> !line.isBlank() && !line.startsWith("processed "))
                .reduce("", (earlier, later) -> later);
    }
}
