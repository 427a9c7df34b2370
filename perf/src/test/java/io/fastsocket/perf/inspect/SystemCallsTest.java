package io.fastsocket.perf.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SystemCallsTest {
    @Test
    void readsTheCounts() {
        String report =
                """
                4711;;raw_syscalls:sys_enter;1000;100.00;;
                42;;syscalls:sys_enter_io_uring_enter;1000;100.00;;
                """;

        assertThat(SystemCalls.parse(report)).isEqualTo(new SystemCalls(4711, 42));
    }

    @Test
    void takesWhatWasNotCountedForNothing() {
        assertThat(SystemCalls.parse("<not counted>;;raw_syscalls:sys_enter;0;100.00;;"))
                .isEqualTo(new SystemCalls(0, 0));
    }
}
