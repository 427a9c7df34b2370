package io.fastsocket.affinity;

import static io.fastsocket.affinity.FuzzedText.kernel;
import static io.fastsocket.affinity.FuzzedText.kernelLines;
import static io.fastsocket.affinity.FuzzedText.readOrRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.system.Ethtool;
import io.fastsocket.affinity.system.SystemRoot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the parsers do with input that nobody meant. Without {@code JAZZER_FUZZ} they read the inputs that are kept beside the test;
 * {@code .ci/fuzz} looks for more.
 */
class ParserFuzzTest {
    private static final String TIME = "15s";

    @TempDir
    static Path directory;

    @FuzzTest(maxDuration = TIME)
    void cpuList(byte[] input) {
        readOrRefused(() -> {
            CpuSet cpus = CpuSet.parseList(kernel(input));
            assertThat(CpuSet.parseList(cpus.toListString())).isEqualTo(cpus);
        });
    }

    @FuzzTest(maxDuration = TIME)
    void cpuMask(byte[] input) {
        readOrRefused(() -> {
            CpuSet cpus = CpuSet.parseMask(kernel(input));
            assertThat(CpuSet.parseMask(cpus.toMaskString())).isEqualTo(cpus);
        });
    }

    @FuzzTest(maxDuration = TIME)
    void layout(byte[] input) {
        readOrRefused(() -> {
            Layout layout = LayoutFile.parse("layout.yaml", new String(input, StandardCharsets.UTF_8));
            assertThat(LayoutFile.parse("layout.yaml", layout.toYaml())).isEqualTo(layout);
        });
    }

    @FuzzTest(maxDuration = TIME)
    void interrupts(byte[] input) {
        readOrRefused(
                () -> Interrupts.parse(kernelLines(input)).lines().values().forEach(line -> assertThat(line.counts())
                        .isNotNull()));
    }

    @FuzzTest(maxDuration = TIME)
    void queueNames(byte[] input) {
        List<NicIrq> irqs = kernelLines(input).stream()
                .map(name -> new NicIrq(7, name, Answer.unsupported("none"), Answer.unsupported("none"), false))
                .toList();

        QueueIrqs queues = new QueueIrqs(irqs, 8, 8);

        assertThat(queues.ofRx(8)).isEmpty();
        assertThat(queues.ofTx(8)).isEmpty();
        assertThat(queues.ofRx(-1)).isEmpty();
        assertThat(queues.ofTx(-1)).isEmpty();
    }

    @FuzzTest(maxDuration = TIME)
    void softnetStat(byte[] input) {
        readOrRefused(() -> CpuCounters.parse(kernelLines(input))
                .forEach(counters -> assertThat(counters.cpu()).isNotNegative()));
    }

    @FuzzTest(maxDuration = TIME)
    void softirqs(byte[] input) {
        readOrRefused(() ->
                assertThat(CpuCounters.softirqs(kernelLines(input), "NET_RX")).isInstanceOf(Answer.class));
    }

    @FuzzTest(maxDuration = TIME)
    void topology(byte[] input) {
        // A part of the input for each file.
        String[] parts = kernel(input).split("\0", -1);
        String[] files = {
            "sys/devices/system/cpu/online",
            "proc/self/status",
            "sys/devices/system/cpu/isolated",
            "sys/devices/system/cpu/cpu0/topology/thread_siblings_list",
            "sys/devices/system/cpu/cpu0/topology/physical_package_id",
            "sys/devices/system/cpu/cpu0/cache/index0/shared_cpu_list",
            "sys/devices/system/node/node0/cpulist",
            "proc/self/mounts",
        };
        for (int file = 0; file < files.length; file++) {
            String text = file < parts.length ? parts[file] : "";
            FuzzedText.write(
                    directory.resolve("topology").resolve(files[file]), text.getBytes(StandardCharsets.ISO_8859_1));
        }
        SystemRoot machine = SystemRoot.recorded(directory.resolve("topology"));
        readOrRefused(() -> CpuTopology.read(machine));
        assertThat(machine.isReadOnly("/sys")).isIn(true, false);
    }

    @FuzzTest(maxDuration = TIME)
    void ethtoolAnswers(byte[] input) {
        // The driver answers with the input, over and over, laid over the question.
        Ethtool driver = (interfaceName, request) -> {
            byte[] answer = request.clone();
            for (int i = 4; i < answer.length && input.length > 0; i++) {
                answer[i] = (byte) (answer[i] ^ input[i % input.length]);
            }
            return answer;
        };

        RssConfig rss = new RssConfigReader(SystemRoot.live(), driver, "lo").read();

        assertThat(rss.hashFields()).hasSize(4);
        assertThat(ChannelsReader.read(driver, "lo")).isInstanceOf(Answer.class);
        assertThat(CoalescingReader.read(driver, "lo")).isInstanceOf(Answer.class);
        NtupleReader.rules(driver, "lo").toOptional().ifPresent(rules -> assertThat(rules)
                .hasSizeLessThanOrEqualTo(NtupleReader.RULES_MAX));
    }

    @FuzzTest(maxDuration = TIME)
    void recordedEthtool(byte[] input) {
        Path machine = directory.resolve("recorded");
        FuzzedText.write(machine.resolve("sys/class/net/eth0/operstate"), new byte[0]);
        FuzzedText.write(machine.resolve("ethtool/eth0"), input);
        readOrRefused(() -> RssConfig.read(SystemRoot.recorded(machine), "eth0"));
        readOrRefused(() -> NicFeatures.channels(SystemRoot.recorded(machine), "eth0"));
    }

    @FuzzTest(maxDuration = TIME)
    void archive(byte[] input) {
        Path archive = directory.resolve("machine.zip");
        FuzzedText.write(archive, input);
        readOrRefused(() -> {
            try (SystemRoot machine = SystemRoot.recorded(archive)) {
                readOrRefused(() -> CpuTopology.read(machine));
                readOrRefused(() -> NicQueues.interfaces(machine));
                Stream.of("/proc/interrupts", "/sys/devices/system/cpu/online")
                        .forEach(file -> readOrRefused(() -> machine.value(file)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
