package io.fastsocket.perf.idle;

import io.fastsocket.perf.server.SystemProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The limit of open files of this process, which the processes that it starts inherit. */
public final class OpenFileLimit {
    private static final Pattern LINE = Pattern.compile("Max open files\\s+(\\d+)\\s+(\\d+)");

    private OpenFileLimit() {}

    /**
     * Raises the limit where that is allowed.
     *
     * @return the limit then
     */
    public static int raiseTo(int files) throws IOException, InterruptedException {
        int limit = soft();
        if (limit < files) {
            // Refused to those who may not; then the limit stays what it was.
            SystemProgram.run(List.of(
                    "prlimit",
                    "--pid",
                    Long.toString(ProcessHandle.current().pid()),
                    "--nofile=" + files + ":" + files));
            limit = soft();
        }
        return limit;
    }

    private static int soft() throws IOException {
        return soft(Files.readString(Path.of("/proc/self/limits")));
    }

    static int soft(String limits) throws IOException {
        Matcher matcher = LINE.matcher(limits);
        if (!matcher.find()) {
            throw new IOException("/proc/self/limits: " + limits + " (expected: a line of open files)");
        }
        return Integer.parseInt(matcher.group(1));
    }
}
