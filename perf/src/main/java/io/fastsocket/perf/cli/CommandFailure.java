package io.fastsocket.perf.cli;

/** A command cannot do its work; the message is the line the user reads. */
final class CommandFailure extends Exception {
    CommandFailure(String message) {
        super(message);
    }
}
