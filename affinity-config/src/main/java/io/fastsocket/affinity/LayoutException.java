package io.fastsocket.affinity;

import io.fastsocket.affinity.system.SystemFileException;

/** A layout file says something else than it should, at a line and column. */
public final class LayoutException extends SystemFileException {
    private static final long serialVersionUID = 1;

    private final int column;

    LayoutException(String file, int line, int column, String message) {
        super(file, line, message);
        this.column = column;
    }

    /** The column, from 1; 0 where the whole file is meant. */
    public int column() {
        return column;
    }
}
