package io.fastsocket.examples.cli;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The classes of the servers themselves. Each is a file that is opened when it is first needed, and some are first needed when there
 * is no descriptor left: to answer a probe, or to stop.
 */
final class Classes {
    private static final InternalLogger logger = InternalLoggerFactory.getInstance(Classes.class);

    private static final String SUFFIX = ".class";

    private Classes() {}

    /** Loads them all, where they are files; a jar stays open. */
    static void load() {
        Path root = root();
        if (root == null || !Files.isDirectory(root)) {
            return;
        }
        try (Stream<Path> files = Files.walk(root)) {
            List<String> names = files.map(file -> root.relativize(file).toString())
                    .filter(name -> name.endsWith(SUFFIX))
                    .map(name ->
                            name.substring(0, name.length() - SUFFIX.length()).replace('/', '.'))
                    .toList();
            for (String name : names) {
                Class.forName(name, false, Classes.class.getClassLoader());
            }
        } catch (IOException | ClassNotFoundException | LinkageError e) {
            logger.debug("not all classes of {} are loaded", root, e);
        }
    }

    private static @Nullable Path root() {
        CodeSource source = Classes.class.getProtectionDomain().getCodeSource();
        if (source == null) {
            return null;
        }
        try {
            URI where = source.getLocation().toURI();
            return where.getScheme().equals("file") ? Path.of(where) : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }
}
