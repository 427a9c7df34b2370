package io.fastsocket.transport.kernel;

import java.io.IOException;

/** bpf(2), or what it needs, failed; the message says why and what to do, {@link #errno()} is for programs. */
public final class BpfException extends IOException {
    private static final long serialVersionUID = 1;

    private final int errno;
    private final String verifierLog;

    BpfException(String message, int errno, String verifierLog) {
        super(message);
        this.errno = errno;
        this.verifierLog = verifierLog;
    }

    /** The number from errno(3), such as 1 for EPERM. */
    public int errno() {
        return errno;
    }

    /** Why the kernel refused a program, many lines, or empty. */
    public String verifierLog() {
        return verifierLog;
    }
}
