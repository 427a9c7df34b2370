package io.fastsocket.transport.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fastsocket.transport.OnCpu;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What the kernel that runs the tests really does; a capability it is new enough for must be there. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class KernelCapabilityTest {
    /** {@code ret #1}: always the second member. */
    private static final BpfInstruction ANSWER_1 = new BpfInstruction(0x06, 0, 0, 1);

    private static final int BACKLOG = 16;

    @BeforeAll
    static void loadNativeTransport() {
        Epoll.ensureAvailability();
    }

    @Test
    void marksSteerSinceLinux62() throws Exception {
        Probe probe = OnCpu.call(OnCpu.allowed().first(), IncomingCpuSteering::probe);

        if (!kernelIsAtLeast(6, 2)) {
            assumeTrue(probe.isSupported(), "Linux " + System.getProperty("os.version") + ": " + probe.cause());
        }
        assertThat(probe).isEqualTo(Probe.supported());
    }

    @Test
    void programChoosesTheMemberItAnswers() throws Exception {
        try (Listener first = Listener.open(0);
                Listener second = Listener.open(first.port())) {
            SocketOptions.attachReuseportProgram(first.socket(), ANSWER_1);

            for (int i = 0; i < BACKLOG; i++) {
                connectAndClose(first.port());
                assertThat(second.accepts())
                        .describedAs("connection %s is on the second member", i)
                        .isTrue();
            }
            assertThat(first.accepts()).isFalse();
        }
    }

    @Test
    void programAttachedThroughAJoiningMemberMakesItsListenFail() throws Exception {
        try (Listener first = Listener.open(0);
                Listener joining = Listener.bind(first.port())) {
            SocketOptions.attachReuseportProgram(joining.socket(), ANSWER_1);

            assertThatThrownBy(() -> joining.socket().listen(BACKLOG))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Address already in use");
        }
    }

    @Test
    void connectionTellsTheCpuThatReceivedIt() throws Exception {
        int cpu = OnCpu.allowed().first();
        try (Listener listener = Listener.open(0)) {
            OnCpu.call(cpu, () -> {
                connectAndClose(listener.port());
                return null;
            });

            Socket accepted = new Socket(listener.accept());
            try {
                assertThat(SocketOptions.incomingCpu(accepted)).isEqualTo(cpu);
            } finally {
                accepted.close();
            }
        }
    }

    private static boolean kernelIsAtLeast(int major, int minor) {
        int[] version = Arrays.stream(System.getProperty("os.version").split("[^0-9]+"))
                .filter(number -> !number.isEmpty())
                .limit(2)
                .mapToInt(Integer::parseInt)
                .toArray();
        return version[0] > major || (version[0] == major && version[1] >= minor);
    }

    private static void connectAndClose(int port) throws IOException {
        Socket client = Socket.newSocketStream();
        try {
            client.connect(Listener.loopback(port));
        } finally {
            client.close();
        }
    }

    /** A member of a reuseport group; on loopback a connection waits in its queue as soon as connect returns. */
    private record Listener(Socket socket, int port) implements AutoCloseable {
        static InetSocketAddress loopback(int port) throws IOException {
            return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
        }

        static Listener bind(int port) throws IOException {
            Socket socket = Socket.newSocketStream();
            socket.setReusePort(true);
            socket.bind(loopback(port));
            return new Listener(socket, socket.localAddress().getPort());
        }

        static Listener open(int port) throws IOException {
            Listener listener = bind(port);
            listener.socket().listen(BACKLOG);
            return listener;
        }

        /** A file descriptor, or negative when nobody waits. */
        int accept() throws IOException {
            return socket.accept(new byte[25]);
        }

        boolean accepts() throws IOException {
            int fd = accept();
            if (fd >= 0) {
                new Socket(fd).close();
            }
            return fd >= 0;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
