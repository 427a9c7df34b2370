package io.fastsocket.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Compares the open files before and after each test class: sockets, rings, epoll instances and eventfds, by kind.
 * Regular files do not count, since class loading opens them. Also gives the leak detector an occasion to report.
 */
public final class OpenFilesExtension implements BeforeAllCallback, AfterAllCallback {
    private static final Path OPEN_FILES = Path.of("/proc/self/fd");
    private static final Duration CLOSED_WITHIN = Duration.ofSeconds(10);

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        if (isNested(context)) {
            return;
        }
        // The JDK opens a socket pair of its own when it closes its first one, and keeps it.
        SocketChannel.open().close();
        store(context).put("before", openFilesByKind());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (isNested(context)) {
            return;
        }
        System.gc();
        PooledByteBufAllocator.DEFAULT.buffer().release();
        Awaitility.await("open files of " + context.getDisplayName())
                .atMost(CLOSED_WITHIN)
                .untilAsserted(() ->
                        assertThat(openFilesByKind()).isEqualTo(store(context).get("before")));
    }

    /** What a nested class leaves open, the class around it may own and close. */
    private static boolean isNested(ExtensionContext context) {
        return context.getRequiredTestClass().isMemberClass();
    }

    private static ExtensionContext.Store store(ExtensionContext context) {
        return context.getStore(
                ExtensionContext.Namespace.create(OpenFilesExtension.class, context.getRequiredTestClass()));
    }

    private static Map<String, Integer> openFilesByKind() throws IOException {
        Map<String, Integer> kinds = new TreeMap<>();
        if (!Files.isDirectory(OPEN_FILES)) {
            return kinds;
        }
        try (Stream<Path> files = Files.list(OPEN_FILES)) {
            for (Path file : files.toList()) {
                String target;
                try {
                    target = Files.readSymbolicLink(file).toString();
                } catch (IOException closedMeanwhile) {
                    continue;
                }
                if (target.startsWith("socket:") || target.startsWith("anon_inode:")) {
                    kinds.merge(target.replaceAll("\\[\\d+]", ""), 1, Integer::sum);
                }
            }
        }
        return kinds;
    }
}
