package io.fastsocket.perf.report;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/** Grows a piece of XHTML or SVG: every element is closed, every text and value escaped. */
final class Markup {
    private static final char REPLACEMENT = '\ufffd';

    private final StringBuilder text = new StringBuilder();
    private final Deque<String> open = new ArrayDeque<>();

    /** Opens an element: {@code attributes} are names and values in turn. */
    Markup open(String element, Object... attributes) {
        start(element, attributes);
        text.append('>');
        open.push(element);
        return this;
    }

    /** Closes the element opened last. */
    Markup close() {
        text.append("</").append(open.pop()).append(">\n");
        return this;
    }

    /** An element that holds a text. */
    Markup element(String element, Object content, Object... attributes) {
        return open(element, attributes).text(content).close();
    }

    /** An element of SVG, or one of HTML that never holds anything. */
    Markup empty(String element, Object... attributes) {
        start(element, attributes);
        text.append("/>\n");
        return this;
    }

    /** A text. */
    Markup text(Object content) {
        text.append(escaped(content));
        return this;
    }

    /** A piece that is whole. */
    Markup add(Markup piece) {
        text.append(piece);
        return this;
    }

    /** A file of this project that is markup, or CSS, already. */
    Markup add(Resource resource) {
        text.append(resource.text());
        return this;
    }

    boolean isEmpty() {
        return text.isEmpty();
    }

    private void start(String element, Object... attributes) {
        text.append('<').append(element);
        for (int i = 0; i < attributes.length; i += 2) {
            text.append(' ').append(attributes[i]).append("=\"");
            text.append(escaped(attributes[i + 1])).append('"');
        }
    }

    private static String escaped(Object content) {
        String plain =
                content instanceof Double number ? String.format(Locale.ROOT, "%.2f", number) : String.valueOf(content);
        StringBuilder escaped = new StringBuilder();
        plain.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                default -> escaped.appendCodePoint(isXml(c) ? c : REPLACEMENT);
            }
        });
        return escaped.toString();
    }

    /** Whether XML 1.0 has the character (its section 2.2). */
    private static boolean isXml(int c) {
        return c == '\t'
                || c == '\n'
                || c == '\r'
                || (c >= 0x20 && c <= 0xd7ff)
                || (c >= 0xe000 && c <= 0xfffd)
                || c >= 0x10000;
    }

    /** The piece, whose elements are all closed. */
    @Override
    public String toString() {
        if (!open.isEmpty()) {
            throw new IllegalStateException("markup is not whole: open=" + open + " (expected none)");
        }
        return text.toString();
    }
}
