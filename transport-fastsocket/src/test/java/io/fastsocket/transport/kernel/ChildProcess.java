package io.fastsocket.transport.kernel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** An {@link XdpProcess}, started through another command, such as one that takes capabilities away. */
final class ChildProcess implements AutoCloseable {
    private static final long SECONDS_MAX = 60;

    private final Process process;
    private final BufferedReader answers;
    private final BufferedWriter commands;

    private ChildProcess(Process process) {
        this.process = process;
        this.answers = process.inputReader(UTF_8);
        this.commands = process.outputWriter(UTF_8);
    }

    /** @param classPath for the process */
    static ChildProcess start(String classPath, List<String> through) throws IOException {
        List<String> command = new ArrayList<>(through);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                XdpProcess.class.getName()));
        return new ChildProcess(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    static ChildProcess start(List<String> through) throws IOException {
        return start(System.getProperty("java.class.path"), through);
    }

    String ask(String command) throws Exception {
        commands.write(command);
        commands.newLine();
        commands.flush();
        String answer = CompletableFuture.supplyAsync(this::readLine).get(SECONDS_MAX, TimeUnit.SECONDS);
        assertThat(answer).describedAs("answer to \"%s\"", command).isNotNull();
        return answer;
    }

    private String readLine() {
        try {
            return answers.readLine();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    /** As by SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
    }

    @Override
    public void close() throws Exception {
        kill();
    }
}
