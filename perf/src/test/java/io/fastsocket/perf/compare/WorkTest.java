package io.fastsocket.perf.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.perf.server.ServerKind;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class WorkTest {
    @Test
    void leavesOutServersThatCannotSendAFile() {
        assertThat(Arrays.stream(ServerKind.values()).filter(kind -> !Work.FILE.suits(kind)))
                .containsExactly(
                        ServerKind.STOCK_IO_URING,
                        ServerKind.STOCK_IO_URING_REUSEPORT,
                        ServerKind.VERTX,
                        ServerKind.REACTOR_NETTY,
                        ServerKind.HAPROXY,
                        ServerKind.FLOOR_IO_URING,
                        ServerKind.FLOOR_EPOLL);
    }

    @Test
    void leavesHaproxyOutOfBodiesLargerThanItsBuffer() {
        assertThat(Arrays.stream(ServerKind.values()).filter(kind -> !Work.BODY_64K.suits(kind)))
                .containsExactly(ServerKind.HAPROXY);
    }

    @Test
    void leavesServersOutOfRolesTheyCannotPlay() {
        assertThat(Work.TLS_FULL.suits(ServerKind.VERTX)).isFalse();
        assertThat(Work.TLS_FULL.suits(ServerKind.NGINX)).isTrue();
    }
}
