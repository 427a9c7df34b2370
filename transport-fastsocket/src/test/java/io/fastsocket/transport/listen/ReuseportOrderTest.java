package io.fastsocket.transport.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.fastsocket.transport.FastSocket;
import io.fastsocket.transport.kernel.BpfInstruction;
import io.fastsocket.transport.kernel.SocketOptions;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReuseportOrderTest {
    private static final int MEMBERS_MAX = 9;
    private static final int CHANGES = 300;

    @Test
    void theLastMemberMovesIntoTheHole() {
        ReuseportOrder<String> order = new ReuseportOrder<>();
        List.of("L0", "L1", "L2", "L3", "L4").forEach(order::listening);

        order.closed("L1");
        assertThat(order.members()).containsExactly("L0", "L4", "L2", "L3");
        order.closed("L0");
        assertThat(order.members()).containsExactly("L3", "L4", "L2");
        order.closed("L2");
        assertThat(order.members()).containsExactly("L3", "L4");
        order.listening("L5");
        assertThat(order.indexOf("L5")).isEqualTo(2);
    }

    @Test
    void refusesStrangers() {
        ReuseportOrder<String> order = new ReuseportOrder<>();
        order.listening("L0");

        assertThatThrownBy(() -> order.listening("L0")).hasMessageContaining("listens already");
        assertThatThrownBy(() -> order.closed("L1")).hasMessageContaining("does not listen");
    }

    @Test
    void isTheOrderOfTheKernel() throws Exception {
        assumeThat(FastSocket.isAvailable()).describedAs("native sockets").isTrue();
        long seed = System.nanoTime();
        Random random = new Random(seed);
        ReuseportOrder<Socket> order = new ReuseportOrder<>();
        Socket first = listen(0);
        int port = first.localAddress().getPort();
        order.listening(first);
        try {
            for (int change = 0; change < CHANGES; change++) {
                int size = order.members().size();
                if (size < 2 || (size < MEMBERS_MAX && random.nextBoolean())) {
                    order.listening(listen(port));
                } else {
                    Socket victim = order.members().get(random.nextInt(size));
                    victim.close();
                    order.closed(victim);
                }
                int index = random.nextInt(order.members().size());

                assertThat(memberThatAnswers(order.members(), index, port))
                        .describedAs("index %s after change %s, seed %s", index, change, seed)
                        .isEqualTo(order.members().get(index));
            }
        } finally {
            for (Socket member : order.members()) {
                member.close();
            }
        }
    }

    private static Socket listen(int port) throws IOException {
        Socket socket = Socket.newSocketStream();
        socket.setReusePort(true);
        socket.bind(new InetSocketAddress("127.0.0.1", port));
        socket.listen(8);
        return socket;
    }

    /** Attaches a program that always answers {@code index} and looks who gets a connection. */
    private static Socket memberThatAnswers(List<Socket> members, int index, int port) throws IOException {
        SocketOptions.attachReuseportProgram(members.get(0), new BpfInstruction[] {ClassicBpf.answer(index)});
        Socket client = Socket.newSocketStream();
        try {
            client.connect(new InetSocketAddress("127.0.0.1", port));
            byte[] address = new byte[25];
            for (Socket member : members) {
                int fd = member.accept(address);
                if (fd >= 0) {
                    new Socket(fd).close();
                    return member;
                }
            }
            throw new IllegalStateException("no member got the connection");
        } finally {
            client.close();
        }
    }
}
