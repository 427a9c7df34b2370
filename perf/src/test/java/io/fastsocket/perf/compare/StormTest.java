package io.fastsocket.perf.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.perf.server.ServerKind;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class StormTest {
    @Test
    void theMedianIsByDuration() {
        List<Storm> storms = DoubleStream.of(2.5, 0.5, 1.5)
                .mapToObj(seconds -> new Storm(ServerKind.NGINX, 10, 10, 0, 0, seconds))
                .toList();

        assertThat(Storm.median(storms).seconds()).isEqualTo(1.5);
    }
}
