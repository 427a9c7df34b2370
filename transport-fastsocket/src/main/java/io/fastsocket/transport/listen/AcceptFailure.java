package io.fastsocket.transport.listen;

import io.fastsocket.transport.kernel.Errno;
import java.io.IOException;

/**
 * What a failed accept(2) means for its listener.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/accept.2.html">accept(2), ERRORS</a>
 */
enum AcceptFailure {
    /** One connection is lost, the next may be fine. */
    RETRY,
    /** A limit is reached; trying at once would spin. */
    PAUSE;

    /** Loads the classes that tell errors apart, which is too late when no file can be opened any more. */
    static void load() {
        of(new IOException());
    }

    static AcceptFailure of(Throwable cause) {
        return switch (Errno.of(cause)) {
            case Errno.ECONNABORTED,
                    Errno.EPROTO,
                    Errno.EINTR,
                    Errno.EPERM,
                    Errno.ENETDOWN,
                    Errno.ENOPROTOOPT,
                    Errno.EHOSTDOWN,
                    Errno.ENONET,
                    Errno.EHOSTUNREACH,
                    Errno.EOPNOTSUPP,
                    Errno.ENETUNREACH -> RETRY;
            default -> PAUSE;
        };
    }

    /** What a pause counts as. */
    static AcceptEvent pauseBy(Throwable cause) {
        return switch (Errno.of(cause)) {
            case Errno.EMFILE -> AcceptEvent.PAUSED_BY_PROCESS_FILES;
            case Errno.ENFILE -> AcceptEvent.PAUSED_BY_SYSTEM_FILES;
            case Errno.ENOBUFS, Errno.ENOMEM -> AcceptEvent.PAUSED_BY_MEMORY;
            default -> AcceptEvent.PAUSED_OTHERWISE;
        };
    }

    /** The limit to raise, for the error that made a listener pause. */
    static String remedy(Throwable cause) {
        return switch (Errno.of(cause)) {
            case Errno.EMFILE -> "raise the limit of open files of this process (ulimit -n, systemd LimitNOFILE=)";
            case Errno.ENFILE -> "raise the limit of open files of the system (sysctl fs.file-max)";
            case Errno.ENOBUFS, Errno.ENOMEM -> "give sockets more memory (sysctl net.ipv4.tcp_mem, cgroup memory.max)";
            default -> "see the cause";
        };
    }
}
