package io.fastsocket.transport.kernel;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The socket options this project uses beyond Netty's, with their numbers on x86, ARM, RISC-V and POWER.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/socket.7.html">socket(7)</a>
 */
public final class SocketOptions {
    static final int SOL_SOCKET = 1;
    static final int SOL_IP = 0;
    static final int IP_BIND_ADDRESS_NO_PORT = 24;
    static final int SO_INCOMING_CPU = 49;
    static final int SO_ATTACH_REUSEPORT_CBPF = 51;
    static final int SO_MEMINFO = 55;
    static final int SOL_TCP = 6;
    static final int TCP_INFO = 11;

    /** What {@link #incomingCpu} answers for a socket that has not received a packet. */
    public static final int CPU_UNKNOWN = -1;

    // struct tcp_info of linux/tcp.h up to what a listener fills in: net/ipv4/tcp.c, tcp_get_info().
    private static final int TCPI_UNACKED = 24;
    private static final int TCPI_SACKED = 28;
    private static final int TCP_INFO_BYTES = 32;
    // An array of u32, linux/sock_diag.h: SK_MEMINFO_DROPS is its last.
    private static final int MEMINFO_DROPS = 32;
    private static final int MEMINFO_BYTES = 36;

    private SocketOptions() {}

    /**
     * The CPU on which the kernel processed the last packet of a connection (Linux 3.19).
     *
     * @return a CPU number, or {@link #CPU_UNKNOWN}
     * @throws IOException when the socket is closed or the kernel has no such option
     */
    public static int incomingCpu(Socket connection) throws IOException {
        try {
            return connection.getIntOpt(SOL_SOCKET, SO_INCOMING_CPU);
        } catch (RuntimeException refused) {
            throw ioException(refused);
        }
    }

    /**
     * Marks a listener as the one for packets of {@code cpu}. The call succeeds since Linux 4.4; members of a reuseport
     * group are chosen by it since 6.2 (6.1 with backports), see {@link KernelCapability#INCOMING_CPU_STEERING}.
     */
    public static void setIncomingCpu(Socket listener, int cpu) throws IOException {
        try {
            listener.setIntOpt(SOL_SOCKET, SO_INCOMING_CPU, cpu);
        } catch (RuntimeException refused) {
            throw ioException(refused);
        }
    }

    /**
     * Makes a later bind(2) to port 0 name the address alone; connect(2) then chooses a port that is free for its destination
     * (Linux 4.2).
     *
     * @see <a href="https://man7.org/linux/man-pages/man7/ip.7.html">ip(7), IP_BIND_ADDRESS_NO_PORT</a>
     */
    public static void bindAddressNoPort(Socket connection) throws IOException {
        try {
            connection.setIntOpt(SOL_IP, IP_BIND_ADDRESS_NO_PORT, 1);
        } catch (RuntimeException refused) {
            throw ioException(refused);
        }
    }

    /**
     * Gives the reuseport group of a <em>listening</em> socket a program that answers an index into the group, in the
     * order of listen(2). Needs no privilege (Linux 4.6 for TCP). An index outside the group means the kernel's hash.
     * Through a socket that is not listening yet it would make that socket's bind or listen fail with EADDRINUSE.
     *
     * @throws IOException EINVAL for a program the kernel refuses or a socket without SO_REUSEPORT; ENOMEM for one
     *     beyond net.core.optmem_max
     */
    public static void attachReuseportProgram(Socket listener, BpfInstruction... program) throws IOException {
        try {
            SockFprog.attach(listener, program);
        } catch (RuntimeException refused) {
            throw ioException(refused);
        }
    }

    /**
     * The queue of a <em>listening</em> socket: TCP_INFO (2.6.24 for listeners) and SO_MEMINFO (4.12).
     *
     * @throws IOException when the socket is closed or the kernel has no such option
     */
    public static ListenQueue listenQueue(Socket listener) throws IOException {
        try {
            ByteBuffer info = ByteBuffer.allocate(TCP_INFO_BYTES).order(ByteOrder.nativeOrder());
            listener.getRawOpt(SOL_TCP, TCP_INFO, info);
            ByteBuffer memory = ByteBuffer.allocate(MEMINFO_BYTES).order(ByteOrder.nativeOrder());
            listener.getRawOpt(SOL_SOCKET, SO_MEMINFO, memory);
            return new ListenQueue(
                    Integer.toUnsignedLong(info.getInt(TCPI_UNACKED)),
                    Integer.toUnsignedLong(info.getInt(TCPI_SACKED)),
                    Integer.toUnsignedLong(memory.getInt(MEMINFO_DROPS)));
        } catch (RuntimeException refused) {
            throw ioException(refused);
        }
    }

    /** What {@link #queueLength} needs, for one caller to use again and again. */
    public static ByteBuffer newQueueLengthBuffer() {
        return ByteBuffer.allocateDirect(TCPI_SACKED).order(ByteOrder.nativeOrder());
    }

    /**
     * How many connections wait at a <em>listening</em> socket to be accepted (TCP_INFO, 2.6.24 for listeners). Costs less than an
     * accept(2) that finds none, which makes a file before it looks.
     *
     * @param buffer of {@link #newQueueLengthBuffer()}
     * @throws IOException when the socket is closed or the kernel has no such option
     */
    public static int queueLength(Socket listener, ByteBuffer buffer) throws IOException {
        try {
            buffer.clear();
            listener.getRawOpt(SOL_TCP, TCP_INFO, buffer);
            return buffer.getInt(TCPI_UNACKED);
        } catch (RuntimeException refused) {
            throw ioException(refused);
        }
    }

    /** Netty's native code reports a refused option as an unchecked ChannelException. */
    private static IOException ioException(RuntimeException refused) {
        return new IOException(refused.getMessage(), refused);
    }
}
