package io.fastsocket.affinity.system;

import java.util.Optional;
import java.util.function.Function;

/**
 * What the system says of one thing. Three ways not to know it are told apart: the value is there, there is no such thing
 * here, or there is and asking failed.
 */
public sealed interface Answer<T> {
    /** The system said so. */
    record Known<T>(T value) implements Answer<T> {}

    /**
     * This kernel, driver or container has no such thing.
     *
     * @param why what was missing, such as {@code "no file /sys/class/net/eth0/queues"}
     */
    record Unsupported<T>(String why) implements Answer<T> {}

    /**
     * There is such a thing, and the system did not tell.
     *
     * @param why what was asked, errno, and what to do
     */
    record Failed<T>(String why) implements Answer<T> {}

    static <T> Answer<T> known(T value) {
        return new Known<>(value);
    }

    static <T> Answer<T> unsupported(String why) {
        return new Unsupported<>(why);
    }

    static <T> Answer<T> failed(String why) {
        return new Failed<>(why);
    }

    /** The value, or empty for the other two. */
    default Optional<T> toOptional() {
        return this instanceof Known<T> known ? Optional.of(known.value()) : Optional.empty();
    }

    /** Why there is no value; empty where there is one. */
    default Optional<String> whyNot() {
        if (this instanceof Unsupported<T> unsupported) {
            return Optional.of(unsupported.why());
        }
        return this instanceof Failed<T> failed ? Optional.of(failed.why()) : Optional.empty();
    }

    /** The same answer about something computed from the value. */
    default <R> Answer<R> map(Function<? super T, ? extends R> computation) {
        return flatMap(value -> known(computation.apply(value)));
    }

    /** The answer that the value leads to, or this answer's reason not to have one. */
    default <R> Answer<R> flatMap(Function<? super T, Answer<R>> next) {
        if (this instanceof Known<T> known) {
            return next.apply(known.value());
        }
        return this instanceof Unsupported<T> unsupported
                ? unsupported(unsupported.why())
                : failed(((Failed<T>) this).why());
    }
}
