package io.fastsocket.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fastsocket.affinity.PlacementPolicy;
import io.fastsocket.transport.connect.FlowDelivery;
import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.metrics.ExpectedMeters;
import io.fastsocket.transport.metrics.FastSocketMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each step down the ladder, forced in a process of its own, and what the meters say of it: all rungs and all causes. */
@Timeout(60)
class LadderStepsTest {
    private static final long SECONDS_MAX = 40;
    /** Loops of most children, whatever the machine has. */
    private static final int LOOPS = 2;

    private final List<Integer> cpus = ExpectedMeters.cpusOf(OnCpu.allowed());
    private final ExpectedMeters expected = new ExpectedMeters(cpus);

    @TempDir
    private Path directory;

    // ---- engine

    @Test
    void withoutNativeTransportsTheEngineStepsDownTwice() throws Exception {
        expected.rungs("nio", "pinned", "kernel-hash", "any")
                .stepsDown(2, "engine", "unavailable")
                .stepsDown(1, "steering", "unavailable")
                .stepsDown(1, "flow-delivery", "unavailable");

        expected.assertLadderIn(scrape(List.of(), List.of("-Dio.netty.transport.noNative=true"), classPath(), "AUTO"));
    }

    @Test
    void withoutTheJarOfIoUringTheEngineStepsDownOnce() throws Exception {
        String without = Arrays.stream(classPath().split(File.pathSeparator, -1))
                .filter(entry -> !entry.contains("transport-native-io_uring"))
                .collect(Collectors.joining(File.pathSeparator));
        expected.rungs("epoll", "pinned", "receiving-cpu", "none")
                .stepsDown(1, "engine", "unavailable")
                .ofGroup(1, "fastsocket.steering.attached");

        expected.assertLadderIn(scrape(List.of(), List.of(), without, "AUTO"));
    }

    @ParameterizedTest
    @CsvSource({"EPERM, forbidden", "EACCES, forbidden", "ENOMEM, limit", "EMFILE, limit", "ENOSYS, unavailable"})
    @Tag("tools")
    void whatIoUringIsRefusedForIsTheCause(String error, String cause) throws Exception {
        expected.rungs("epoll", "pinned", "receiving-cpu", "none")
                .stepsDown(1, "engine", cause)
                .ofGroup(1, "fastsocket.steering.attached");

        expected.assertLadderIn(scrape(failing("io_uring_setup", error), "AUTO"));
    }

    // ---- placement

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void aSmallerCpusetIsALimit(Engine engine) throws Exception {
        expected.rungs(engine.label(), "pinned", "one-listener", "any").stepsDown(1, "placement", "limit");

        expected.assertLadderIn(scrape(List.of("taskset", "-c", "" + cpus.get(0)), engine.name(), "2"));
    }

    @ParameterizedTest
    @CsvSource({"EPERM, forbidden", "EACCES, forbidden", "EINVAL, unavailable"})
    @Tag("tools")
    void whatPinningIsRefusedForIsTheCause(String error, String cause) throws Exception {
        expected.rungs("epoll", "unpinned", "kernel-hash", "any")
                .stepsDown(1, "placement", cause)
                .stepsDown(1, "steering", "unpinned")
                .stepsDown(1, "flow-delivery", "unpinned");

        expected.assertLadderIn(scrape(failing("sched_setaffinity", error), "EPOLL"));
    }

    // ---- steering

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void loopsThatAreNotPinnedCannotBeSteeredTo(Engine engine) throws Exception {
        expected.rungs(engine.label(), "unpinned", "kernel-hash", "any")
                .stepsDown(1, "steering", "unpinned")
                .stepsDown(1, "flow-delivery", "unpinned");

        expected.assertLadderIn(scrape(List.of(), engine.name(), "" + LOOPS, "none"));
    }

    /** In a network namespace of its own, which has its own net.core.optmem_max since Linux 6.8. */
    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    @Tag("namespace")
    void aProgramBeyondTheMemoryOfOptionsIsALimit(Engine engine) throws Exception {
        requireRoot();
        expected.rungs(engine.label(), "pinned", "incoming-cpu", "none").stepsDown(1, "steering", "limit");

        expected.assertLadderIn(scrape(
                List.of(
                        "unshare",
                        "--net",
                        "bash",
                        "-c",
                        "ip link set lo up && echo 64 > /proc/sys/net/core/optmem_max && exec \"$@\"",
                        "bash"),
                engine.name()));
    }

    // ---- flow delivery

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void portBitsNeedPrivilege(Engine engine) throws Exception {
        expected.rungs(engine.label(), "pinned", "receiving-cpu", "none")
                .stepsDown(1, "flow-delivery", "forbidden")
                .ofGroup(1, "fastsocket.steering.attached");

        expected.assertLadderIn(scrape(unprivileged(), engine.name(), "0", "one-per-cpu", "lo"));
    }

    @Test
    void portBitsNeedTheInterface() throws Exception {
        expected.rungs("epoll", "pinned", "receiving-cpu", "none")
                .stepsDown(1, "flow-delivery", "unavailable")
                .ofGroup(1, "fastsocket.steering.attached");

        expected.assertLadderIn(scrape(List.of(), "EPOLL", "0", "one-per-cpu", "nosuch"));
    }

    // ---- steps

    private List<String> failing(String call, String error) {
        return List.of(
                "strace",
                "-f",
                "-o",
                directory.resolve("trace").toString(),
                "-e",
                "trace=" + call,
                "-e",
                "inject=" + call + ":error=" + error);
    }

    /** Root without capabilities is nobody to bpf(2). */
    private static List<String> unprivileged() {
        return isRoot() ? List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all") : List.of();
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static void requireRoot() {
        assumeTrue(isRoot(), "root, to make a network namespace");
    }

    private static String classPath() {
        return System.getProperty("java.class.path");
    }

    private String scrape(List<String> through, String... arguments) throws Exception {
        return scrape(through, List.of(), classPath(), arguments);
    }

    /** What {@link Child} prints, which is started through another command. */
    private String scrape(List<String> through, List<String> flags, String classPath, String... arguments)
            throws Exception {
        List<String> command = new ArrayList<>(through);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1"));
        command.addAll(flags);
        command.addAll(List.of("-cp", classPath, Child.class.getName()));
        command.addAll(List.of(arguments));
        Path scrape = directory.resolve("scrape");
        Path messages = directory.resolve("messages");
        Process child = new ProcessBuilder(command)
                .redirectOutput(scrape.toFile())
                .redirectError(messages.toFile())
                .start();
        try {
            assertThat(child.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
            assertThat(child.exitValue())
                    .describedAs("%s", Files.readString(messages))
                    .isZero();
            return Files.readString(scrape);
        } finally {
            child.destroyForcibly();
        }
    }

    /**
     * Serves one connection and prints a scrape. Arguments: the engine, and as wanted the number of loops, {@code one-per-cpu} or
     * {@code none}, and the interface to deliver on by port bits.
     */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws Exception {
            FastSocketEventLoopGroupBuilder builder =
                    FastSocketEventLoopGroup.builder().engine(Engine.valueOf(arguments[0]));
            if (arguments.length > 1) {
                builder.loops(Integer.parseInt(arguments[1]));
            }
            if (arguments.length > 2) {
                builder.placement(arguments[2].equals("none") ? PlacementPolicy.none() : PlacementPolicy.onePerCpu());
            }
            if (arguments.length > 3) {
                builder.flowDelivery(FlowDelivery.portBits(arguments[3], 40960, 8192));
            }
            FastSocketEventLoopGroup group = builder.build();
            PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            new FastSocketMetrics(group).bindTo(registry);
            if (!ServerChannelTest.serveOnce(group)) {
                throw new IllegalStateException("no answer");
            }
            System.out.write(registry.scrape().getBytes(UTF_8));
            System.out.flush();
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
    }
}
