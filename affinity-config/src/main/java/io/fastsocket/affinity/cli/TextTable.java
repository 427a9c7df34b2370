package io.fastsocket.affinity.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows under a heading; columns as wide as their widest cell, two blanks apart. Used by one thread. */
public final class TextTable {
    private final List<String[]> rows = new ArrayList<>();
    private final boolean leftAligned;

    private TextTable(boolean leftAligned, String... heading) {
        this.leftAligned = leftAligned;
        rows.add(heading);
    }

    /** A table of text. */
    public static TextTable ofText(String... heading) {
        return new TextTable(true, heading);
    }

    /** A table of numbers, which stand to the right. The first column is the row's name and stands to the left. */
    public static TextTable ofNumbers(String... heading) {
        return new TextTable(false, heading);
    }

    /**
     * Adds a row of cells as they print themselves.
     *
     * @throws IllegalArgumentException if it has another number of cells than the heading
     */
    public TextTable row(Object... cells) {
        int columns = rows.get(0).length;
        if (cells.length != columns) {
            throw new IllegalArgumentException(
                    "cannot add row: cells=" + cells.length + " (expected " + columns + ", one for each heading)");
        }
        rows.add(Arrays.stream(cells).map(String::valueOf).toArray(String[]::new));
        return this;
    }

    /** The lines, without blanks at their ends and without a last line break. */
    @Override
    public String toString() {
        int[] widths = new int[rows.get(0).length];
        for (String[] row : rows) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], row[column].length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < widths.length; column++) {
                String blanks = " ".repeat(widths[column] - row[column].length());
                boolean left = leftAligned || column == 0;
                line.append(left ? row[column] + blanks : blanks + row[column]).append("  ");
            }
            lines.add(line.toString().stripTrailing());
        }
        return String.join(System.lineSeparator(), lines);
    }
}
