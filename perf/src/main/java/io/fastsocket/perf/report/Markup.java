package io.fastsocket.perf.report;

import java.util.Locale;

/** Grows a piece of XHTML or SVG: every tag is closed, every text escaped. */
final class Markup {
    private final StringBuilder text = new StringBuilder();

    /** Opens an element: {@code attributes} are names and values in turn. */
    Markup open(String element, Object... attributes) {
        start(element, attributes);
        text.append('>');
        return this;
    }

    /** Closes it. */
    Markup close(String element) {
        text.append("</").append(element).append(">\n");
        return this;
    }

    /** An element without content. */
    Markup empty(String element, Object... attributes) {
        start(element, attributes);
        text.append("/>\n");
        return this;
    }

    /** An element that holds a text. */
    Markup element(String element, Object content, Object... attributes) {
        return open(element, attributes).text(content).close(element);
    }

    /** A text. */
    Markup text(Object content) {
        text.append(escaped(content));
        return this;
    }

    /** What is markup already. */
    Markup add(Markup other) {
        text.append(other.text);
        return this;
    }

    private void start(String element, Object... attributes) {
        text.append('<').append(element);
        for (int i = 0; i < attributes.length; i += 2) {
            text.append(' ')
                    .append(attributes[i])
                    .append("=\"")
                    .append(escaped(attributes[i + 1]))
                    .append('"');
        }
    }

    private static String escaped(Object content) {
        String plain =
                content instanceof Double number ? String.format(Locale.ROOT, "%.1f", number) : String.valueOf(content);
        return plain.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
