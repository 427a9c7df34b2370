package io.fastsocket.transport.kernel;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Asks the kernel whether SO_INCOMING_CPU picks the member of a reuseport group. From 4.6 to 6.1 the option could be set
 * and was ignored, so only real connections tell: on loopback a connection is received on the CPU that sends it.
 */
public final class IncomingCpuSteering {
    /** Connections that must be seen on the marked CPU; by chance all go right once in 65 536 probes. */
    private static final int SAMPLES = 16;

    private static final int ATTEMPTS_MAX = 8 * SAMPLES;
    /** A thread may change its CPU between a connection's packets, which is not the kernel's fault. */
    private static final int STRAYS_MAX = 1;
    /** Larger than any CPU number: marks a listener that is for nobody. */
    private static final int NO_CPU = 1 << 20;

    private IncomingCpuSteering() {}

    /** Runs the probe on 127.0.0.1, about a millisecond. A native transport must have been loaded. */
    public static Probe probe() {
        try (Listener marked = Listener.open(0);
                Listener other = Listener.open(marked.port())) {
            return probe(marked, other);
        } catch (IOException refused) {
            return Probe.unknown("loopback connections failed: " + refused.getMessage());
        }
    }

    private static Probe probe(Listener marked, Listener other) throws IOException {
        SocketOptions.setIncomingCpu(other.socket(), NO_CPU);
        int markedCpu = SocketOptions.CPU_UNKNOWN;
        int hits = 0;
        int strays = 0;
        for (int i = 0; i < ATTEMPTS_MAX && hits + strays < SAMPLES; i++) {
            Arrival arrival = connectOnce(marked, other);
            if (arrival.cpu() == markedCpu) {
                if (arrival.onMarked()) {
                    hits++;
                } else {
                    strays++;
                }
            } else if (hits + strays == 0) {
                markedCpu = arrival.cpu();
                SocketOptions.setIncomingCpu(marked.socket(), markedCpu);
            }
        }
        if (hits + strays < SAMPLES) {
            return Probe.unknown("the probing thread did not stay on one CPU");
        }
        return strays <= STRAYS_MAX
                ? Probe.supported()
                : Probe.unsupported("SO_INCOMING_CPU does not choose among reuseport listeners on this kernel");
    }

    private static Arrival connectOnce(Listener marked, Listener other) throws IOException {
        Socket client = Socket.newSocketStream();
        try {
            client.connect(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), marked.port()));
            byte[] address = new byte[25];
            int onMarked = marked.socket().accept(address);
            Socket accepted = new Socket(onMarked >= 0 ? onMarked : other.acceptOrFail(address));
            try {
                return new Arrival(onMarked >= 0, SocketOptions.incomingCpu(accepted));
            } finally {
                accepted.close();
            }
        } finally {
            client.close();
        }
    }

    private record Arrival(boolean onMarked, int cpu) {}

    private record Listener(Socket socket, int port) implements AutoCloseable {
        static Listener open(int port) throws IOException {
            Socket socket = Socket.newSocketStream();
            boolean listening = false;
            try {
                socket.setReusePort(true);
                socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
                socket.listen(SAMPLES);
                listening = true;
                return new Listener(socket, socket.localAddress().getPort());
            } finally {
                if (!listening) {
                    socket.close();
                }
            }
        }

        int acceptOrFail(byte[] address) throws IOException {
            int fd = socket.accept(address);
            if (fd < 0) {
                throw new IOException("a loopback connection did not arrive");
            }
            return fd;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
