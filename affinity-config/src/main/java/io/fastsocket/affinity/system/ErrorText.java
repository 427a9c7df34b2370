package io.fastsocket.affinity.system;

/** How text of unknown origin is shown in an error: short, and without characters that a terminal would act on. */
public final class ErrorText {
    private static final int SHOWN_MAX = 60;

    private ErrorText() {}

    /** The text in quotes, cut after {@value #SHOWN_MAX} characters, anything but printable ASCII escaped. */
    public static String quoted(String text) {
        StringBuilder shown = new StringBuilder("\"");
        text.chars().limit(SHOWN_MAX).forEach(c -> shown.append(isPrintable(c) ? Character.toString(c) : escaped(c)));
        return shown.append(text.length() > SHOWN_MAX ? "...\"" : "\"").toString();
    }

    public static String character(char c) {
        return isPrintable(c) ? "'" + c + "'" : escaped(c);
    }

    private static boolean isPrintable(int c) {
        return c >= ' ' && c <= '~';
    }

    private static String escaped(int c) {
        return String.format("\\u%04x", c);
    }
}
