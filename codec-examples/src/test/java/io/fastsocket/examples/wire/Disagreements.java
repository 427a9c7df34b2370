package io.fastsocket.examples.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The table of docs/PROXY.md that says where nginx and HAProxy do not do what a case requires. */
final class Disagreements {
    /** What the table says of a proxy that does what the case requires. */
    static final String NONE = "as required";

    private static final String AT_TIMES = ", at times ";
    private static final String HEADING = "## Where nginx and HAProxy differ";
    private static final Pattern BORDER = Pattern.compile(" *\\| *");

    /**
     * What is said of one case.
     *
     * @param outcomes of the peers, in their order
     */
    record Row(String rule, List<String> outcomes, String why) {}

    private final String introduction;
    private final Map<String, Row> rows;

    private Disagreements(String introduction, Map<String, Row> rows) {
        this.introduction = introduction;
        this.rows = rows;
    }

    static Disagreements read() throws IOException {
        String page = Files.readString(page(), UTF_8);
        int begin = page.indexOf(HEADING);
        if (begin < 0) {
            throw new IOException(page() + ": no '" + HEADING + "'");
        }
        int end = page.indexOf("\n## ", begin + 1);
        String section = page.substring(begin, end < 0 ? page.length() : end);
        Map<String, Row> rows = new LinkedHashMap<>();
        section.lines().filter(line -> line.startsWith("| ")).skip(1).forEach(line -> {
            String[] cells = BORDER.split(line, -1);
            Row row = new Row(cells[2], List.of(cells[3], cells[4]), cells[5]);
            if (rows.put(cells[1], row) != null) {
                throw new AssertionError("two rows for '" + cells[1] + "'");
            }
        });
        return new Disagreements(section, rows);
    }

    private static Path page() {
        return Stream.of(Path.of("docs", "PROXY.md"), Path.of("..", "docs", "PROXY.md"))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        "no docs/PROXY.md at or above " + Path.of("").toAbsolutePath()));
    }

    /** What stands before the rows, with them. */
    String text() {
        return introduction;
    }

    Map<String, Row> rows() {
        return rows;
    }

    /** Mostly one; where it depends on how the bytes are read, each that was observed. */
    List<String> of(WireCase wireCase, Peer peer) {
        Row row = rows.get(wireCase.name());
        return row == null
                ? List.of(NONE)
                : List.of(row.outcomes().get(peer.ordinal()).split(AT_TIMES, -1));
    }
}
