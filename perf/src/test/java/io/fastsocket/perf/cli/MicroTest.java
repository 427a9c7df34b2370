package io.fastsocket.perf.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

class MicroTest {
    @Test
    void runsAllBenchmarksWhereNoneIsNamed() {
        Set<String> classes = BenchmarkList.defaultList()
                .find(
                        OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT),
                        List.of(Micro.ALL),
                        List.of())
                .stream()
                .map(BenchmarkListEntry::getUserClassQName)
                .map(name -> name.substring(name.lastIndexOf('.') + 1))
                .collect(Collectors.toSet());

        assertThat(classes)
                .containsExactlyInAnyOrder(
                        "PortChoice", "Counting", "Toeplitz", "SteeringCompile", "Connections", "Placement");
    }
}
