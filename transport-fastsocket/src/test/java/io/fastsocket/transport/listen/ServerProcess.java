package io.fastsocket.transport.listen;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.transport.engine.Engine;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A {@link GreetingServer} in a process of its own, whose limits and system calls a test may spoil. Needs no privilege. */
final class ServerProcess implements AutoCloseable {
    /** The kernel counts CPU time for /proc in these on every architecture it shares with Java, see proc(5). */
    private static final double TICKS_PER_SECOND = 100;
    /** In proc(5), {@code stat}: user and system time, counted after the name, which may hold blanks itself. */
    private static final int UTIME = 11;

    private static final int STIME = 12;

    private final Process process;
    private final Path messages;
    private final BufferedReader answers;
    private final BufferedWriter commands;
    private final int port;
    private final List<Integer> loopThreads;

    private ServerProcess(Process process, Path messages) throws IOException {
        this.process = process;
        this.messages = messages;
        this.answers = process.inputReader(UTF_8);
        this.commands = process.outputWriter(UTF_8);
        String hello = answers.readLine();
        if (hello == null) {
            throw new IllegalStateException("the server did not start:\n" + Files.readString(messages));
        }
        List<Integer> numbers = numbers(hello);
        this.port = numbers.get(0);
        this.loopThreads = numbers.subList(1, numbers.size());
    }

    /**
     * @param openFilesMax RLIMIT_NOFILE, see getrlimit(2)
     * @param directory for what the process writes to its standard error
     */
    static ServerProcess start(Engine engine, int loops, boolean autoRead, int openFilesMax, Path directory)
            throws IOException {
        Path messages = directory.resolve("stderr");
        Process process = new ProcessBuilder(
                        "bash",
                        "-c",
                        "ulimit -n \"$0\"; exec \"$@\"",
                        Integer.toString(openFilesMax),
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        GreetingServer.class.getName(),
                        engine.name(),
                        Integer.toString(loops),
                        autoRead ? "auto" : "asked")
                .redirectError(messages.toFile())
                .start();
        try {
            return new ServerProcess(process, messages);
        } catch (IOException | RuntimeException failed) {
            process.destroyForcibly();
            throw failed;
        }
    }

    int port() {
        return port;
    }

    /** The kernel's number of each loop's thread. */
    List<Integer> loopThreads() {
        return loopThreads;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** What it has written to its standard error so far. */
    List<String> messages() throws IOException {
        return Files.readAllLines(messages);
    }

    long openFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
            return files.count();
        }
    }

    /** CPU time of all its threads, in seconds, to a hundredth. */
    double cpuSeconds() throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
        String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(afterName[UTIME]) + Long.parseLong(afterName[STIME])) / TICKS_PER_SECOND;
    }

    /** Failed accepts of a loop, and the pauses that they led to, by cause. */
    record Counts(int errors, int processFiles, int systemFiles, int memory, int other) {
        static final int SIZE = 5;

        int pauses() {
            return processFiles + systemFiles + memory + other;
        }
    }

    /** What the meters of each loop say. */
    List<Counts> counts() throws IOException {
        commands.newLine();
        commands.flush();
        List<Integer> numbers = numbers(answers.readLine());
        return Stream.iterate(0, i -> i < numbers.size(), i -> i + Counts.SIZE)
                .map(i -> new Counts(
                        numbers.get(i), numbers.get(i + 1), numbers.get(i + 2), numbers.get(i + 3), numbers.get(i + 4)))
                .toList();
    }

    private static List<Integer> numbers(String line) {
        return Arrays.stream(line.trim().split(" ", -1)).map(Integer::valueOf).toList();
    }

    /** Ends it, and fails when its server channel was closed by then. */
    @Override
    public void close() throws Exception {
        try {
            commands.close();
            assertThat(process.waitFor(10, TimeUnit.SECONDS))
                    .describedAs("the server ends")
                    .isTrue();
            assertThat(process.exitValue())
                    .describedAs("the server channel was open to the end")
                    .isZero();
        } finally {
            process.destroyForcibly();
        }
    }
}
