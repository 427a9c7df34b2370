package io.fastsocket.perf.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.fastsocket.perf.idle.IdleMemory;
import io.fastsocket.perf.server.ProcessUsage;
import io.fastsocket.perf.server.ServerKind;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AimTest {
    private final BenchResult result = new BenchResult();

    @Test
    void comparesWithThePeersThatWereMeasuredAndWithWhatTheFloorReaches() {
        measured(Work.NEW, ServerKind.FASTSOCKET_IO_URING, 150, 6);
        measured(Work.NEW, ServerKind.STOCK_IO_URING, 100, 10);
        measured(Work.NEW, ServerKind.FLOOR_IO_URING, 180, 3);

        assertThat(Aim.of(result))
                .containsExactlyInAnyOrder(
                        new Aim(
                                "new: fastsocket-io_uring / stock-io_uring",
                                "rate",
                                true,
                                1.4,
                                new Spread(1.5, 1.5, 1.5),
                                Optional.of(1.8)),
                        new Aim(
                                "new: fastsocket-io_uring / stock-io_uring",
                                "cpu",
                                false,
                                0.65,
                                new Spread(0.6, 0.6, 0.6),
                                Optional.of(0.3)),
                        new Aim(
                                "new: the best of ours / floor-io_uring",
                                "rate",
                                true,
                                0.8,
                                new Spread(150 / 180.0, 150 / 180.0, 150 / 180.0),
                                Optional.empty()))
                .allMatch(Aim::met);
    }

    @Test
    void takesTheBestOfOursAgainstTheFloor() {
        measured(Work.KEEPALIVE, ServerKind.FASTSOCKET_IO_URING, 80, 1);
        measured(Work.KEEPALIVE, ServerKind.FASTSOCKET_EPOLL, 90, 1);
        measured(Work.KEEPALIVE, ServerKind.FLOOR_IO_URING, 100, 1);

        assertThat(Aim.of(result)).singleElement().satisfies(aim -> {
            assertThat(aim.measured().median()).isEqualTo(0.9);
            assertThat(aim.met()).isTrue();
        });
    }

    @Test
    void comparesMemoryOfTheWholeProcess() {
        result.idle.add(new IdleMemory(ServerKind.FASTSOCKET_IO_URING, 10, 3000, 3000, 999));
        result.idle.add(new IdleMemory(ServerKind.STOCK_IO_URING, 10, 1000, 3000, 1));

        Map<String, Double> medians = Aim.of(result).stream()
                .collect(Collectors.toMap(Aim::figure, aim -> aim.measured().median()));
        assertThat(medians).containsExactly(entry("memory", 1.5));
        assertThat(Aim.of(result).get(0).met()).isFalse();
    }

    private void measured(Work work, ServerKind server, double rate, long cpuMicrosPerRequest) {
        result.about.put(server, "");
        result.measurements.add(new Measurement(
                1, work, server, new LoadResult(rate, 1000, 0, 0), new ProcessUsage(cpuMicrosPerRequest * 1000, 0, 0)));
    }
}
