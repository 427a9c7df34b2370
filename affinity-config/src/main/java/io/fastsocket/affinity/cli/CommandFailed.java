package io.fastsocket.affinity.cli;

/** A command cannot go on; the message is the one line a user reads: what failed and what to do. */
public final class CommandFailed extends RuntimeException {
    /** The command line is right, what it asks for failed. */
    public static final int FAILED = 1;
    /** The command line is wrong. */
    public static final int WRONG_USAGE = 2;

    private final int exitCode;

    /** A failure with a cause that the message tells as well. */
    public CommandFailed(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** A failure without a deeper cause. */
    public CommandFailed(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** {@link #FAILED} or {@link #WRONG_USAGE}. */
    public int exitCode() {
        return exitCode;
    }
}
