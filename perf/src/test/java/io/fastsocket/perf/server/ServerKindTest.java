package io.fastsocket.perf.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.perf.server.ServerKind.Family;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ServerKindTest {
    @ParameterizedTest
    @EnumSource
    void comparesFastSocketWithStockOnTheSameEngineAndOthersWithNothing(ServerKind kind) {
        if (kind.family() == Family.FASTSOCKET) {
            assertThat(kind.stockTwin()).hasValueSatisfying(twin -> {
                assertThat(twin.family()).isEqualTo(Family.STOCK);
                assertThat(twin.engine()).isEqualTo(kind.engine());
            });
        } else {
            assertThat(kind.stockTwin()).isEmpty();
        }
    }

    @Test
    void hasALabelOfItsOwn() {
        assertThat(Arrays.stream(ServerKind.values()).map(ServerKind::label)).doesNotHaveDuplicates();
    }
}
