package io.fastsocket.transport.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.fastsocket.transport.kernel.SocketOptions;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.SocketException;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Errors as each part of the system words them. */
class StepDownCauseTest {
    @BeforeAll
    static void loadNativeTransport() {
        Epoll.ensureAvailability();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // The incubator, when io_uring_setup(2) is refused.
                "FORBIDDEN | failed to create io_uring ring fd: Operation not permitted",
                "LIMIT | failed to create io_uring ring fd: Cannot allocate memory",
                "LIMIT | failed to create io_uring ring fd: Too many open files",
                "LIMIT | failed to create io_uring ring fd: Too many open files in system",
                "UNAVAILABLE | failed to create io_uring ring fd: Function not implemented",
                // Netty's options.
                "FORBIDDEN | setsockopt() failed: Operation not permitted",
                "FORBIDDEN | setsockopt() failed: Permission denied",
                "LIMIT | setsockopt() failed: Cannot allocate memory",
                "LIMIT | setsockopt() failed: No buffer space available",
                "UNAVAILABLE | setsockopt() failed: Invalid argument",
                // OpenHFT affinity.
                "FORBIDDEN | sched_setaffinity((8) , &({0})) errno=1",
                "UNAVAILABLE | sched_setaffinity((8) , &({0})) errno=22",
                // The JDK's.
                "LIMIT | Too many open files",
                "FORBIDDEN | Permission denied: /192.0.2.1:80",
                "UNAVAILABLE | needs Linux",
                "UNAVAILABLE | ''",
            })
    void isReadFromTheMessage(StepDownCause cause, String message) {
        assertThat(StepDownCause.of(new IOException(message))).isEqualTo(cause);
        assertThat(StepDownCause.of(new RuntimeException(message))).isEqualTo(cause);
    }

    @ParameterizedTest
    @CsvSource({
        "-1, FORBIDDEN",
        "-13, FORBIDDEN",
        "-12, LIMIT",
        "-23, LIMIT",
        "-24, LIMIT",
        "-105, LIMIT",
        "-22, UNAVAILABLE",
        "-38, UNAVAILABLE",
        "-95, UNAVAILABLE"
    })
    void isReadFromTheNumberOfANativeError(int number, StepDownCause cause) {
        assertThat(StepDownCause.of(new NativeIoException("call", number))).isEqualTo(cause);
    }

    @Test
    void isUnavailableWhereNothingIsSaid() {
        assertThat(StepDownCause.of(new SocketException())).isEqualTo(StepDownCause.UNAVAILABLE);
        assertThat(StepDownCause.of(new UnsatisfiedLinkError("no library"))).isEqualTo(StepDownCause.UNAVAILABLE);
    }

    /** What a kernel really answers: EINVAL, because the socket is no member of a reuseport group. */
    @Test
    void isReadFromARefusedProgram() throws Exception {
        Socket alone = Socket.newSocketStream();
        try {
            Throwable refused = catchThrowable(() -> SocketOptions.attachReuseportProgram(alone));

            assertThat(refused).isInstanceOf(IOException.class);
            assertThat(StepDownCause.of(refused)).isEqualTo(StepDownCause.UNAVAILABLE);
        } finally {
            alone.close();
        }
    }

    @Test
    void hasALabelOfItsOwnForEachCause() {
        assertThat(Arrays.stream(StepDownCause.values()).map(StepDownCause::label))
                .containsExactly("forbidden", "limit", "unavailable", "unpinned", "unreadable", "misses");
    }
}
