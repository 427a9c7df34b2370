package io.fastsocket.perf.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcessUsageTest {
    @Test
    void subtractsEachFigureFromItsOwn() {
        assertThat(new ProcessUsage(100, 70, 9).since(new ProcessUsage(40, 50, 4)))
                .isEqualTo(new ProcessUsage(60, 20, 5));
    }
}
