package io.fastsocket.perf.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fastsocket.affinity.cli.OneLineErrors;
import io.fastsocket.perf.churn.ChurnRun;
import io.fastsocket.perf.churn.ChurnTally;
import io.fastsocket.perf.churn.Footprint;
import io.fastsocket.perf.compare.BenchResult;
import io.fastsocket.perf.compare.LatencyFigures;
import io.fastsocket.perf.compare.LoadResult;
import io.fastsocket.perf.compare.Measurement;
import io.fastsocket.perf.compare.ServerSummary;
import io.fastsocket.perf.compare.Spread;
import io.fastsocket.perf.compare.Storm;
import io.fastsocket.perf.compare.SweepPoint;
import io.fastsocket.perf.compare.Work;
import io.fastsocket.perf.idle.IdleMemory;
import io.fastsocket.perf.inspect.Findings;
import io.fastsocket.perf.inspect.FunctionShare;
import io.fastsocket.perf.server.ProcessUsage;
import io.fastsocket.perf.server.ServerKind;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class ReportOptionsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /** A command that has measured already. */
    @Command(name = "measured")
    private static final class Measured implements Runnable {
        private final String text;
        private final Map<String, ?> figures;

        @Mixin
        private ReportOptions report;

        Measured(String text, Map<String, ?> figures) {
            this.text = text;
            this.figures = figures;
        }

        @Override
        public void run() {
            report.write(text, Map.of("servers", List.of(ServerKind.STOCK_NIO)), figures);
        }
    }

    @Test
    void printsTheTextUnlessAskedForJson(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("report.json");
        assertThat(report("a table", Map.of("n", 1), "--output", file.toString()))
                .isZero();
        assertThat(out.toString()).isEqualToNormalizingNewlines("a table\n");
        assertThat(fields(JSON.readTree(Files.readString(file)))).containsExactly("environment", "options", "n");
    }

    @Test
    void saysInOneLineThatTheFileCannotBeWritten(@TempDir Path folder) {
        assertThat(report("a table", Map.of(), "--output", folder.toString())).isEqualTo(1);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .startsWith("measured: cannot write report: --output=" + folder);
    }

    @Test
    void writesAComparisonAsJson() throws IOException {
        BenchResult result = new BenchResult();
        result.measurements.add(measurement(ServerKind.FASTSOCKET_NIO, 200));
        result.measurements.add(measurement(ServerKind.STOCK_NIO, 0));
        Spread latency = new Spread(2, 1, 3);
        result.latencies.add(new LatencyFigures(
                Work.NEW,
                ServerKind.STOCK_NIO,
                100,
                70,
                new LatencyFigures.Percentiles(latency, latency, latency, latency, latency),
                0));
        result.inspections.add(new BenchResult.Inspection(
                Work.NEW,
                ServerKind.STOCK_NIO,
                new Findings(
                        100,
                        2,
                        400L,
                        null,
                        1000L,
                        5.0,
                        List.of(
                                new FunctionShare("tcp_v4_rcv", FunctionShare.Kind.KERNEL, 0.75),
                                new FunctionShare("tcp_ack", FunctionShare.Kind.KERNEL, 0.25)))));
        result.storms.add(new Storm(ServerKind.STOCK_NIO, 10, 9, 1, 0, 0.5));
        result.idle.add(new IdleMemory(ServerKind.STOCK_NIO, 10, 1000, 2000, 3000));
        result.leftOut.add("idle is not complete: why");
        result.sweep.add(new SweepPoint(Work.NEW, ServerKind.STOCK_NIO, 8, 2, 1000, 10));
        JsonNode json = json(BenchReport.figures(result, ServerSummary.of(result.measurements)));

        assertThat(fields(json))
                .containsExactly(
                        "environment", "options", "notes", "summary", "aims", "sweep", "storms", "idle", "rounds");
        assertThat(json.at("/options/servers/0").textValue()).isEqualTo("stock-nio");
        JsonNode ours = json.at("/summary/0");
        assertThat(fields(ours))
                .containsExactly(
                        "work",
                        "server",
                        "family",
                        "requestsPerSecond",
                        "cpuMicrosPerRequest",
                        "contextSwitchesPerRequest",
                        "socketErrors",
                        "statusErrors",
                        "requestsPerSecondOverStock",
                        "cpuMicrosPerRequestOverStock");
        assertThat(ours.path("work").textValue()).isEqualTo(Work.NEW.toString());
        assertThat(fields(ours.path("requestsPerSecond"))).containsExactly("median", "min", "max");
        assertThat(ours.at("/requestsPerSecond/median").doubleValue()).isEqualTo(200);
        // Over a stock server that answered nothing.
        assertThat(ours.at("/requestsPerSecondOverStock/median").isNull()).isTrue();
        JsonNode stock = json.at("/summary/1");
        assertThat(fields(stock)).doesNotContain("requestsPerSecondOverStock");
        assertThat(stock.at("/latency/ratePerSecond").doubleValue()).isEqualTo(70);
        assertThat(stock.at("/latency/micros/p99/median").doubleValue()).isEqualTo(2);
        assertThat(stock.path("syscallsPerRequest").doubleValue()).isEqualTo(4);
        assertThat(stock.path("ioUringEntersPerRequest").isNull()).isTrue();
        assertThat(stock.path("allocatedBytesPerRequest").doubleValue()).isEqualTo(10);
        assertThat(stock.path("gcPauseMillisPerSecond").doubleValue()).isEqualTo(2.5);
        assertThat(stock.at("/cpuByKind/kernel").doubleValue()).isEqualTo(1);
        assertThat(stock.at("/functions/0/name").textValue()).isEqualTo("tcp_v4_rcv");
        assertThat(json.at("/notes/0").textValue()).isEqualTo("idle is not complete: why");
        assertThat(json.at("/storms/0/failed").longValue()).isEqualTo(1);
        assertThat(json.at("/idle/0/kernelBytesPerConnection").doubleValue()).isEqualTo(3000);
        assertThat(json.at("/sweep/0/connections").intValue()).isEqualTo(8);
        assertThat(json.path("rounds")).hasSize(2).allSatisfy(round -> assertThat(fields(round))
                .containsExactly(
                        "work",
                        "round",
                        "server",
                        "requestsPerSecond",
                        "requests",
                        "socketErrors",
                        "statusErrors",
                        "userMicros",
                        "systemMicros",
                        "contextSwitches",
                        "cpuMicrosPerRequest"));
    }

    @Test
    void writesAChurnAsJson() throws IOException {
        ChurnRun.Result result = new ChurnRun.Result(
                new ChurnTally(10, Map.of("reset", 2L)), 4, List.of(new Footprint(12, 1, 2, 3, 4)), List.of("heap"));
        JsonNode json = json(ChurnReport.figures(result));

        assertThat(fields(json))
                .containsExactly(
                        "environment",
                        "options",
                        "passed",
                        "succeeded",
                        "failed",
                        "failures",
                        "violations",
                        "loadSeconds",
                        "connectionsPerSecond",
                        "footprints");
        assertThat(json.path("passed").booleanValue()).isFalse();
        assertThat(json.path("connectionsPerSecond").doubleValue()).isEqualTo(2.5);
        assertThat(json.at("/failures/reset").longValue()).isEqualTo(2);
        assertThat(fields(json.at("/footprints/0")))
                .containsExactlyInAnyOrder("connections", "openFiles", "heapBytes", "directBytes", "residentBytes");
    }

    private int report(String text, Map<String, ?> figures, String... args) {
        return OneLineErrors.on(new CommandLine(new Measured(text, figures)))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }

    private JsonNode json(Map<String, ?> figures) throws IOException {
        assertThat(report("", figures, "--json")).as(err.toString()).isZero();
        return JSON.readTree(out.toString());
    }

    private static List<String> fields(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static Measurement measurement(ServerKind server, double requestsPerSecond) {
        return new Measurement(
                1, Work.NEW, server, new LoadResult(requestsPerSecond, 100, 0, 0), new ProcessUsage(1, 1, 1));
    }
}
