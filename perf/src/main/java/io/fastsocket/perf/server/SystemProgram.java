package io.fastsocket.perf.server;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program of the system that is a server. */
public record SystemProgram(Path path) {
    /** Servers are there, and not on the search path of everybody. */
    private static final List<String> MORE_DIRECTORIES = List.of("/usr/local/sbin", "/usr/sbin");

    /** Asking for a version and compiling a server both end by themselves, long before. */
    private static final long OUTPUT_SECONDS_MAX = 60;

    /**
     * Finds a program.
     *
     * @param searchPath the directories of {@code PATH}
     * @throws MissingServerException if it is not there
     */
    public static SystemProgram find(String name, String debianPackage, String searchPath)
            throws MissingServerException {
        return Stream.concat(Arrays.stream(searchPath.split(File.pathSeparator)), MORE_DIRECTORIES.stream())
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst()
                .map(SystemProgram::new)
                .orElseThrow(() ->
                        new MissingServerException(name + " not found on PATH; fix: apt-get install " + debianPackage));
    }

    /** Its first line when asked for the version. */
    String version() throws IOException, InterruptedException {
        Output output = run(List.of(path.toString(), "-v"));
        return output.text().lines().findFirst().orElse("unknown version");
    }

    /** What a program printed, on both outputs, and how it ended. */
    public record Output(int exitCode, String text) {}

    /** Runs a program that ends by itself; one that does not is killed after a minute. */
    public static Output run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        Thread limit = new Thread(() -> endAfterLimit(process), "limit-of-" + command.get(0));
        limit.setDaemon(true);
        limit.start();
        try {
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Output(process.waitFor(), text.strip());
        } finally {
            process.destroyForcibly();
        }
    }

    private static void endAfterLimit(Process process) {
        try {
            if (!process.waitFor(OUTPUT_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The search path of this process. */
    public static String searchPath() {
        return Objects.requireNonNullElse(System.getenv("PATH"), "");
    }
}
