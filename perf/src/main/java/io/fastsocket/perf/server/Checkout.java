package io.fastsocket.perf.server;

import java.net.URISyntaxException;
import java.nio.file.Path;

/** Where this program's files are: it runs from the checkout that it was built in. */
final class Checkout {
    private Checkout() {}

    /** The folder {@code perf}, above {@code target/classes}. */
    static Path perf() {
        return codeSource(Checkout.class).resolve("../..").normalize();
    }

    /** The jar or the directory that a class was loaded from. */
    static Path codeSource(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("cannot tell where " + type + " is", e);
        }
    }
}
