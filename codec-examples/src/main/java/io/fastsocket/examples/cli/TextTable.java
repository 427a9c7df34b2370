package io.fastsocket.examples.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows under a heading; columns as wide as their widest cell, two blanks apart. */
final class TextTable {
    private final List<String[]> rows = new ArrayList<>();
    private final boolean leftAligned;

    private TextTable(boolean leftAligned, String... heading) {
        this.leftAligned = leftAligned;
        rows.add(heading);
    }

    /** A table of text. */
    static TextTable ofText(String... heading) {
        return new TextTable(true, heading);
    }

    /** A table of numbers, which stand to the right. The first column is the row's name and stands to the left. */
    static TextTable ofNumbers(String... heading) {
        return new TextTable(false, heading);
    }

    TextTable row(Object... cells) {
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
