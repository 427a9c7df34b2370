package io.fastsocket.transport.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Errors;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The errors of accept(2), ERRORS and its section on error handling, as each engine reports them. */
class AcceptFailureTest {
    @BeforeAll
    static void loadNativeErrors() {
        Epoll.ensureAvailability();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "ECONNABORTED, 103, RETRY, Software caused connection abort",
        "EINTR,        4,   RETRY, Interrupted system call",
        "EPERM,        1,   RETRY, Operation not permitted",
        "EPROTO,       71,  RETRY, Protocol error",
        "ENETDOWN,     100, RETRY, Network is down",
        "ENOPROTOOPT,  92,  RETRY, Protocol not available",
        "EHOSTDOWN,    112, RETRY, Host is down",
        "ENONET,       64,  RETRY, Machine is not on the network",
        "EHOSTUNREACH, 113, RETRY, No route to host",
        "EOPNOTSUPP,   95,  RETRY, Operation not supported",
        "ENETUNREACH,  101, RETRY, Network is unreachable",
        "EMFILE,       24,  PAUSE, Too many open files",
        "ENFILE,       23,  PAUSE, Too many open files in system",
        "ENOBUFS,      105, PAUSE, No buffer space available",
        "ENOMEM,       12,  PAUSE, Cannot allocate memory",
        // Not of the table: a mistake, or an error nobody foresaw. Trying again at once could spin.
        "EBADF,        9,   PAUSE, Bad file descriptor",
        "EFAULT,       14,  PAUSE, Bad address",
        "EINVAL,       22,  PAUSE, Invalid argument",
        "ENOTSOCK,     88,  PAUSE, Socket operation on non-socket",
        "ETIMEDOUT,    110, PAUSE, Connection timed out"
    })
    void isTheSameOnEveryEngine(String name, int errno, AcceptFailure expected, String text) {
        assertThat(AcceptFailure.of(Errors.newIOException("accept", -errno))).isEqualTo(expected);
        assertThat(AcceptFailure.of(Errors.newIOException("io_uring accept", -errno)))
                .isEqualTo(expected);
        assertThat(AcceptFailure.of(new SocketException(text))).isEqualTo(expected);
        assertThat(AcceptFailure.of(new ProtocolException(text))).isEqualTo(expected);
    }

    @Test
    void pausesOnWhatIsNoErrorOfTheKernel() {
        assertThat(AcceptFailure.of(new IllegalStateException())).isEqualTo(AcceptFailure.PAUSE);
        assertThat(AcceptFailure.of(new IOException("something new"))).isEqualTo(AcceptFailure.PAUSE);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "24, Too many open files, ulimit -n",
        "23, Too many open files in system, sysctl fs.file-max",
        "105, No buffer space available, sysctl net.ipv4.tcp_mem",
        "12, Cannot allocate memory, sysctl net.ipv4.tcp_mem",
        "22, Invalid argument, see the cause"
    })
    void namesTheLimitToRaise(int errno, String text, String remedy) {
        assertThat(AcceptFailure.remedy(Errors.newIOException("accept", -errno)))
                .contains(remedy);
        assertThat(AcceptFailure.remedy(new SocketException(text))).contains(remedy);
    }
}
