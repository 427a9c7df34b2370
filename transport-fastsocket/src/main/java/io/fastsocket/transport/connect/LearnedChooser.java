package io.fastsocket.transport.connect;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** {@link LearnedPorts} as one loop asks them. */
final class LearnedChooser implements PortChooser {
    private final PortProposer proposer;
    private final RemoteStates<Long> keys = new RemoteStates<>(LearnedChooser::keyOf);

    /** @param cpu what stands for the loop in what was learned */
    LearnedChooser(LearnedPorts learned, int cpu) {
        this.proposer = learned.proposer(cpu);
    }

    long key(InetSocketAddress remote) {
        return keys.of(remote);
    }

    @Override
    public int first(InetSocketAddress remote) {
        return portOrNone(proposer.first(key(remote)));
    }

    @Override
    public int next(InetSocketAddress remote) {
        return portOrNone(proposer.next(key(remote)));
    }

    private static int portOrNone(int port) {
        return port == PortProposer.NO_PORT ? NONE : port;
    }

    /** Address and port as they are for IPv4, mixed for IPv6: two that meet share what was learned, and then miss. */
    private static long keyOf(InetSocketAddress remote) {
        InetAddress address = remote.getAddress();
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        long key = bytes.remaining() == Integer.BYTES
                ? Integer.toUnsignedLong(bytes.getInt())
                : bytes.getLong() * 0x9e3779b97f4a7c15L ^ Long.rotateLeft(bytes.getLong(), 17);
        return key << 16 ^ remote.getPort();
    }
}
