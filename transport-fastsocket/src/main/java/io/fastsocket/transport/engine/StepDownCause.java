package io.fastsocket.transport.engine;

import io.fastsocket.transport.kernel.BpfException;
import io.fastsocket.transport.kernel.Errno;

/** Why a group could not have a rung of the ladder: few enough to be counted by. */
public enum StepDownCause {
    /** The process may not: a missing capability, seccomp, a sysctl. */
    FORBIDDEN("forbidden"),
    /** A limit is reached: memory, open files, the CPUs of a cpuset. */
    LIMIT("limit"),
    /** The kernel, the class path, the engine or the card does not have it. */
    UNAVAILABLE("unavailable"),
    /** Loops that are not pinned own no CPU to choose by. */
    UNPINNED("unpinned"),
    /** The card's receive hash cannot be read. */
    UNREADABLE("unreadable"),
    /** It was in force, and connections arrived elsewhere. */
    MISSES("misses");

    private final String label;

    StepDownCause(String label) {
        this.label = label;
    }

    /** The value of tags. */
    public String label() {
        return label;
    }

    /** Of an error that the system answered: forbidden, a limit, or not to be had. */
    public static StepDownCause of(Throwable refused) {
        return switch (errno(refused)) {
            case Errno.EPERM, Errno.EACCES -> FORBIDDEN;
            case Errno.ENOMEM, Errno.EMFILE, Errno.ENFILE, Errno.ENOBUFS -> LIMIT;
            default -> UNAVAILABLE;
        };
    }

    private static int errno(Throwable refused) {
        return refused instanceof BpfException bpf ? bpf.errno() : Errno.within(refused);
    }
}
