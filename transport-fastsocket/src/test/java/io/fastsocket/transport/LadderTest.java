package io.fastsocket.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.transport.engine.Engine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a group does where the native engines, or pinning, are not to be had: seen in JVMs that cannot have them. */
@Timeout(60)
class LadderTest {
    private static final String NO_NATIVE_ENGINE = "-Dio.netty.transport.noNative=true";

    @Test
    void withoutNativeEnginesItRunsOnNioAndSaysWhy() throws Exception {
        String output = runChild(List.of(NO_NATIVE_ENGINE), "AUTO");

        assertThat(output)
                .contains("engine=nio (io_uring: ")
                .contains("; epoll: ")
                .contains("steering=kernel-hash (the nio engine does not give its sockets away)")
                .contains("available=false")
                .contains("served=true");
    }

    @Test
    void anEngineAskedForByNameThatCannotStartIsAnErrorThatSaysWhatToDo() throws Exception {
        assertThat(runChild(List.of(NO_NATIVE_ENGINE), "IO_URING"))
                .contains("start failed on event loop group: engine=io_uring: ")
                .contains("fix: allow io_uring (sysctl kernel.io_uring_disabled=0");
        assertThat(runChild(List.of(NO_NATIVE_ENGINE), "EPOLL"))
                .contains("start failed on event loop group: engine=epoll: ")
                .contains("or use Engine.AUTO");
    }

    /** Runs {@link Child} with the given flags and returns what it printed. */
    private static String runChild(List<String> flags, String engine) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Child.class.getName(), engine));
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
            return output;
        } finally {
            child.destroyForcibly();
        }
    }

    /** Starts a group on the engine named, serves one connection and prints what was chosen. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws Exception {
            System.out.println("available=" + FastSocket.isAvailable());
            FastSocketEventLoopGroup group;
            try {
                group = FastSocketEventLoopGroup.builder()
                        .engine(Engine.valueOf(arguments[0]))
                        .build();
            } catch (IllegalStateException refused) {
                System.out.println(refused.getMessage());
                return;
            }
            boolean served = ServerChannelTest.serveOnce(group);
            group.capabilities().forEach(System.out::println);
            System.out.println("served=" + served);
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
    }
}
