package io.fastsocket.examples.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A request or a response as its receiver reads it, taken from bytes (ISO 8859-1) as they come. */
final class Message {
    private static final String END_OF_HEAD = "\r\n\r\n";

    final String startLine;
    private final List<String> fields;
    private final List<String> trailers = new ArrayList<>();
    String body = "";

    /** The body is there too. */
    boolean whole;

    /** A step has taken it, or its head. */
    boolean taken;

    private Message(String startLine, List<String> fields) {
        this.startLine = startLine;
        this.fields = fields;
    }

    /** Takes a head off the bytes; null while it is not whole. */
    static @Nullable Message head(StringBuilder in) {
        int end = in.indexOf(END_OF_HEAD);
        if (end < 0) {
            return null;
        }
        String[] lines = in.substring(0, end).split("\r\n", -1);
        in.delete(0, end + END_OF_HEAD.length());
        return new Message(lines[0], Stream.of(lines).skip(1).toList());
    }

    /** The status of a response whose head is whole and not taken yet; 0 while it is not. */
    static int statusIn(StringBuilder in) {
        return in.indexOf(END_OF_HEAD) < 0 ? 0 : statusOf(in.substring(0, in.indexOf("\r\n")));
    }

    int status() {
        return statusOf(startLine);
    }

    private static int statusOf(String line) {
        String[] words = line.split(" ", 3);
        if (words.length < 2 || !words[0].startsWith("HTTP/1.") || !words[1].matches("[1-9][0-9][0-9]")) {
            throw new Unmet("the client gets no HTTP: '" + shown(line) + "'");
        }
        return Integer.parseInt(words[1]);
    }

    /** Takes the body of a request off the bytes; false while it is not whole. */
    boolean takeBody(StringBuilder in) {
        whole = whole || takeBody(in, false, false);
        return whole;
    }

    /** Takes the body of a response off the bytes, which may end with its connection; false while it is not whole. */
    boolean takeAnswer(StringBuilder in, boolean bodyless, boolean ended) {
        whole = whole || bodyless || takeBody(in, true, ended);
        return whole;
    }

    private boolean takeBody(StringBuilder in, boolean response, boolean ended) {
        if (all("transfer-encoding").stream()
                .anyMatch(value -> value.toLowerCase(Locale.ROOT).endsWith("chunked"))) {
            return takeChunks(in);
        }
        List<String> lengths = all("content-length");
        if (lengths.isEmpty()) {
            if (response && ended) {
                body = in.toString();
                in.setLength(0);
            }
            return !response || ended;
        }
        int length = Integer.parseInt(lengths.get(0));
        if (in.length() < length) {
            return false;
        }
        body = in.substring(0, length);
        in.delete(0, length);
        return true;
    }

    private boolean takeChunks(StringBuilder in) {
        StringBuilder whole = new StringBuilder();
        int at = 0;
        while (true) {
            int line = in.indexOf("\r\n", at);
            if (line < 0) {
                return false;
            }
            int size = sizeOf(in.substring(at, line));
            at = line + 2;
            if (size == 0) {
                return takeTrailers(in, at, whole.toString());
            }
            if (in.length() < at + size + 2) {
                return false;
            }
            whole.append(in, at, at + size);
            if (in.charAt(at + size) != '\r' || in.charAt(at + size + 1) != '\n') {
                throw new Unmet("a chunk does not end where it says");
            }
            at += size + 2;
        }
    }

    private static int sizeOf(String line) {
        String digits = line.split(";", 2)[0];
        if (!digits.matches("[0-9a-fA-F]{1,7}")) {
            throw new Unmet("a chunk has the size '" + shown(line) + "'");
        }
        return Integer.parseInt(digits, 16);
    }

    private boolean takeTrailers(StringBuilder in, int from, String whole) {
        List<String> found = new ArrayList<>();
        int at = from;
        while (true) {
            int line = in.indexOf("\r\n", at);
            if (line < 0) {
                return false;
            }
            if (line == at) {
                in.delete(0, line + 2);
                body = whole;
                trailers.addAll(found);
                return true;
            }
            found.add(in.substring(at, line));
            at = line + 2;
        }
    }

    /** The values of all fields of this name. */
    List<String> all(String name) {
        return values(fields, name);
    }

    List<String> trailer(String name) {
        return values(trailers, name);
    }

    private static List<String> values(List<String> lines, String name) {
        return lines.stream()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .toList();
    }

    /** Text for a table of a page: one line, short. */
    static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        text.chars().limit(60).forEach(c -> shown.append(c < ' ' || c > '~' || c == '|' ? '.' : (char) c));
        return text.length() > 60 ? shown.append("..").toString() : shown.toString();
    }
}
