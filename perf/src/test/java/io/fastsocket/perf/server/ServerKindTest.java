package io.fastsocket.perf.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ServerKindTest {
    @ParameterizedTest
    @EnumSource
    void comparesFastSocketWithStockOnTheSameEngineAndStockWithNothing(ServerKind kind) {
        if (kind.isFastSocket()) {
            assertThat(kind.stockTwin()).hasValueSatisfying(twin -> {
                assertThat(twin.isFastSocket()).isFalse();
                assertThat(twin.engine()).isEqualTo(kind.engine());
            });
        } else {
            assertThat(kind.stockTwin()).isEmpty();
        }
    }
}
