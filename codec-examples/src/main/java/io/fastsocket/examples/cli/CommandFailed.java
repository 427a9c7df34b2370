package io.fastsocket.examples.cli;

/** A command cannot go on; the message is the one line a user reads: what failed and what to do. */
final class CommandFailed extends RuntimeException {
    /** The command line is right, what it asks for failed. */
    static final int FAILED = 1;
    /** The command line is wrong. */
    static final int WRONG_USAGE = 2;

    private final int exitCode;

    CommandFailed(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    CommandFailed(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
