package io.fastsocket.examples.cli;

import java.io.PrintWriter;

/** A line on a terminal that says what runs now, written over by the next and gone in the end. Used by one thread. */
final class ProgressLine implements AutoCloseable {
    private final PrintWriter terminal;
    private final boolean shown;
    private int length;

    /** @param shown whether there is a terminal; if not, nothing is written */
    ProgressLine(PrintWriter terminal, boolean shown) {
        this.terminal = terminal;
        this.shown = shown;
    }

    void show(String what) {
        if (shown) {
            terminal.print("\r" + what + " ".repeat(Math.max(0, length - what.length())));
            terminal.flush();
            length = what.length();
        }
    }

    @Override
    public void close() {
        show("");
        if (shown) {
            terminal.print("\r");
            terminal.flush();
        }
    }
}
