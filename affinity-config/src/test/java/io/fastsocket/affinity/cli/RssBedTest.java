package io.fastsocket.affinity.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares {@code show --json} on a card with RSS, field by field, with what ethtool and the kernel said in the same minute. */
@Tag("qemu")
class RssBedTest {
    private static final int QUEUES = 8;

    private Path directory;
    private SavedAnswers saved;
    private JsonNode shown;

    @BeforeEach
    void readWhatTheBedSaved() throws IOException {
        String property = System.getProperty("fastsocket.rssBed");
        assertThat(property)
                .as("-Dfastsocket.rssBed, the directory that .ci/rss-bed saved its answers in")
                .isNotNull();
        directory = Path.of(property);
        saved = new SavedAnswers(directory.resolve("answers"));
        JsonNode report =
                new ObjectMapper().readTree(directory.resolve("show.json").toFile());
        assertThat(report.get("interfaces")).hasSize(1);
        shown = report.get("interfaces").get(0);
    }

    @Test
    void namesTheDriver() {
        assertThat(shown.get("driver").textValue())
                .isEqualTo(saved.values("ethtool-i").get("driver").get(0));
    }

    @Test
    void showsTheKey() {
        assertThat(shown.at("/rss/key").textValue()).isEqualTo(saved.hashKey()).hasSize(40 * 3 - 1);
    }

    @Test
    void showsTheIndirectionTable() {
        assertThat(numbers(shown.at("/rss/indirectionTable")))
                .isEqualTo(saved.indirectionTable())
                .hasSize(128);
        assertThat(shown.at("/rss/rings").intValue()).isEqualTo(saved.rings()).isEqualTo(QUEUES);
    }

    @Test
    void showsTheHashFunctionThatIsOn() {
        assertThat(List.of(shown.at("/rss/function").textValue())).isEqualTo(saved.hashFunctionsOn());
        assertThat(shown.at("/rss/inputTransforms")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp4", "tcp6", "udp4", "udp6"})
    void showsTheHashFields(String flow) {
        assertThat(texts(shown.at("/rss/hashFields/" + flow)))
                .containsExactlyInAnyOrderElementsOf(saved.hashFields(flow))
                .hasSize(4);
    }

    @ParameterizedTest
    @CsvSource({"rx, RX", "tx, TX", "other, Other", "combined, Combined"})
    void showsTheChannels(String shownAs, String ethtool) {
        // Those there may be, then those there are.
        List<Integer> counts = saved.values("ethtool-l").get(ethtool).stream()
                .map(SavedAnswers::numberOrNone)
                .toList();

        assertThat(shown.at("/channels/" + shownAs + "Max").intValue()).isEqualTo(counts.get(0));
        assertThat(shown.at("/channels/" + shownAs).intValue()).isEqualTo(counts.get(1));
    }

    @ParameterizedTest
    @CsvSource({
        "rxMicros, rx-usecs",
        "rxFramesMax, rx-frames",
        "txMicros, tx-usecs",
        "txFramesMax, tx-frames",
    })
    void showsTheCoalescing(String shownAs, String ethtool) {
        assertThat(shown.at("/coalescing/" + shownAs).intValue())
                .isEqualTo(SavedAnswers.numberOrNone(
                        saved.values("ethtool-c").get(ethtool).get(0)));
    }

    @ParameterizedTest
    @CsvSource({"rxQueues, input", "txQueues, output"})
    void showsTheInterruptOfEachQueue(String queues, String kind) {
        String device = shown.get("device").textValue();
        Map<Integer, String> names = saved.interruptNames();

        assertThat(shown.get(queues)).hasSize(QUEUES);
        assertThat(IntStream.range(0, QUEUES)
                        .mapToObj(
                                queue -> names.get(row(queues, queue).get("irq").intValue())))
                .containsExactlyElementsOf(IntStream.range(0, QUEUES)
                        .mapToObj(queue -> device + "-" + kind + "." + queue)
                        .toList());
    }

    @Test
    void showsEveryInterruptOfTheCardAndNoOther() {
        String ofTheCard = shown.get("device").textValue() + "-";
        Map<Integer, String> expected = saved.interruptNames().entrySet().stream()
                .filter(entry -> entry.getValue().startsWith(ofTheCard))
                .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));

        assertThat(rows("irqs").stream().collect(toMap(irq -> irq.get("irq").intValue(), irq -> irq.get("name")
                        .textValue())))
                .isEqualTo(expected)
                .hasSize(2 * QUEUES + 1);
    }

    @Test
    void showsWhereEachInterruptMayGoAndWhereItGoes() {
        for (JsonNode irq : rows("irqs")) {
            String files = "/proc/irq/" + irq.get("irq").intValue();
            assertThat(irq.get("affinity").textValue()).isEqualTo(saved.file(files + "/smp_affinity_list"));
            assertThat(irq.get("effectiveAffinity").textValue())
                    .isEqualTo(saved.file(files + "/effective_affinity_list"));
            assertThat(irq.get("managed").booleanValue()).isFalse();
        }
    }

    @Test
    void showsTheSteeringOfEachQueue() {
        for (int queue = 0; queue < QUEUES; queue++) {
            String rx = "/sys/class/net/eth0/queues/rx-" + queue;
            JsonNode received = row("rxQueues", queue);
            assertThat(received.get("rpsCpus").textValue()).isEqualTo(saved.cpusOfMask(rx + "/rps_cpus"));
            assertThat(received.get("rfsFlows").asText()).isEqualTo(saved.file(rx + "/rps_flow_cnt"));

            String tx = "/sys/class/net/eth0/queues/tx-" + queue;
            JsonNode sent = row("txQueues", queue);
            assertThat(sent.get("xpsCpus").textValue())
                    .isEqualTo(saved.cpusOfMask(tx + "/xps_cpus"))
                    .isEqualTo(String.valueOf(queue));
            assertThat(saved.file(tx + "/xps_rxqs")).isEqualTo("00");
            assertThat(sent.get("xpsRxQueues")).isEmpty();
        }
    }

    @Test
    void showsTheSameOfTheRecordedMachine() throws IOException {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();

        int exitCode = AffinityMain.run(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                "show",
                "--interface",
                "eth0",
                "--json",
                "--root",
                directory.resolve("machine.zip").toString());

        assertThat(exitCode).as(err.toString()).isZero();
        assertThat(new ObjectMapper().readTree(out.toString()))
                .isEqualTo(new ObjectMapper().readTree(Files.readString(directory.resolve("show.json"), UTF_8)));
    }

    private JsonNode row(String queues, int queue) {
        JsonNode row = shown.get(queues).get(queue);
        assertThat(row.get("queue").intValue()).isEqualTo(queue);
        return row;
    }

    private List<JsonNode> rows(String name) {
        return StreamSupport.stream(shown.get(name).spliterator(), false).toList();
    }

    private static List<Integer> numbers(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::intValue)
                .toList();
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::textValue)
                .toList();
    }
}
