package io.fastsocket.examples.wire;

import java.util.List;
import java.util.stream.Stream;

/** Something that must hold for a message. */
@FunctionalInterface
interface Check {
    /** Throws {@link Unmet} if it does not hold. */
    void on(Message message);

    static Check body(String expected) {
        return message -> require(
                message.body.equals(expected),
                message.body.length() > 100
                        ? "a body of " + message.body.length() + " bytes"
                        : "body '" + Message.shown(message.body) + "'");
    }

    /** One field of this name, with this value. */
    static Check field(String name, String value) {
        return message -> require(message.all(name).equals(List.of(value)), name + ": " + shown(message.all(name)));
    }

    /** Fields of this name, with these values in this order. */
    static Check fields(String name, String... values) {
        return message -> require(message.all(name).equals(List.of(values)), name + ": " + shown(message.all(name)));
    }

    static Check lacks(String... names) {
        return message -> {
            for (String name : names) {
                require(message.all(name).isEmpty(), name + ": " + shown(message.all(name)));
            }
        };
    }

    /** One of the names in this field, in either case. */
    static Check names(String name, String token) {
        return message -> require(hasToken(message, name, token), name + ": " + shown(message.all(name)));
    }

    /** The client is not told that its connection ends. */
    static Check doesNotSayClose() {
        return message -> require(!hasToken(message, "connection", "close"), "connection: close");
    }

    private static boolean hasToken(Message message, String name, String token) {
        return message.all(name).stream()
                .flatMap(value -> Stream.of(value.split(",", -1)))
                .anyMatch(each -> each.strip().equalsIgnoreCase(token));
    }

    static Check trailer(String name, String value) {
        return message -> require(
                message.trailer(name).equals(List.of(value)), "trailer " + name + ": " + shown(message.trailer(name)));
    }

    static Check lacksTrailers(String... names) {
        return message -> {
            for (String name : names) {
                require(message.trailer(name).isEmpty(), "trailer " + name + ": " + shown(message.trailer(name)));
            }
        };
    }

    /** A start line, or its beginning with an asterisk for the rest. */
    static Check line(String startLine) {
        String beginning = startLine.substring(0, startLine.length() - 1);
        return message -> require(
                startLine.endsWith("*") ? message.startLine.startsWith(beginning) : message.startLine.equals(startLine),
                "'" + Message.shown(message.startLine) + "'");
    }

    private static void require(boolean holds, String observed) {
        if (!holds) {
            throw new Unmet(observed);
        }
    }

    private static String shown(List<String> values) {
        return values.isEmpty() ? "none" : Message.shown(String.join(" and ", values));
    }
}
