package io.fastsocket.examples.wire;

/** What a proxy did in place of what a case requires, in words that stand in a table: no port, no time. */
final class Unmet extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unmet(String observed) {
        super(observed);
    }

    String observed() {
        return String.valueOf(getMessage());
    }
}
