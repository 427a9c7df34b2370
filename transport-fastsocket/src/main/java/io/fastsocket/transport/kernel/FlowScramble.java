package io.fastsocket.transport.kernel;

import static io.fastsocket.transport.kernel.EbpfAssembler.Register.R0;
import static io.fastsocket.transport.kernel.EbpfAssembler.Register.R2;
import static io.fastsocket.transport.kernel.EbpfAssembler.Register.R5;

import io.fastsocket.transport.kernel.EbpfAssembler.Operation;
import io.fastsocket.transport.kernel.EbpfAssembler.Register;
import io.fastsocket.transport.kernel.EbpfAssembler.Width;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A CPU from a connection's addresses and ports by multiplications, which no XOR of ports can be computed back through:
 * in Java, and as the code of an XDP program.
 *
 * @param secret makes one card different from another
 * @param cpus one or more CPU numbers, 0 and up
 */
record FlowScramble(long secret, List<Integer> cpus) {
    // Odd, so that nothing is lost by multiplying, and with bits all over.
    private static final int FACTOR_1 = 0x9e3779b1;
    private static final int FACTOR_2 = 0x6c8e9cf5;
    private static final int SHIFT_1 = 16;
    private static final int SHIFT_2 = 13;

    FlowScramble {
        cpus = List.copyOf(cpus);
        if (cpus.isEmpty() || cpus.stream().anyMatch(cpu -> cpu < 0)) {
            throw new IllegalArgumentException("cannot scramble flows: cpus=" + cpus
                    + " (expected one or more, 0 and up): each packet goes to one of them; fix: give CPU numbers");
        }
    }

    int cpuFor(InetAddress source, InetAddress destination, int sourcePort, int destinationPort) {
        int hash = mix(fold(source) ^ (int) secret);
        hash = mix(hash ^ fold(destination));
        hash = mix(hash ^ (sourcePort << 16 | destinationPort));
        hash = mix(hash ^ (int) (secret >>> 32));
        long place = (Integer.toUnsignedLong(hash) * cpus.size()) >>> 32;
        return cpus.get((int) place);
    }

    private static int fold(InetAddress address) {
        ByteBuffer words = ByteBuffer.wrap(address.getAddress());
        int folded = 0;
        while (words.hasRemaining()) {
            folded ^= words.getInt();
        }
        return folded;
    }

    private static int mix(int hash) {
        int mixed = hash;
        mixed ^= mixed >>> SHIFT_1;
        mixed *= FACTOR_1;
        mixed ^= mixed >>> SHIFT_2;
        mixed *= FACTOR_2;
        return mixed ^ (mixed >>> SHIFT_1);
    }

    /** The same as {@link #cpuFor}, of the packet that the program looks at. */
    void choose(EbpfAssembler code) {
        Register hash = R0;
        TcpHeaderCode.findWithAddresses(code);
        // Both ports at once.
        code.load(Width.WORD, R5, TcpHeaderCode.TCP, 0).toBigEndian(R5, 32);

        code.alu32(Operation.MOV, hash, TcpHeaderCode.SOURCE_ADDRESS).alu32(Operation.XOR, hash, (int) secret);
        mix(code, hash);
        code.alu32(Operation.XOR, hash, TcpHeaderCode.DESTINATION_ADDRESS);
        mix(code, hash);
        code.alu32(Operation.XOR, hash, R5);
        mix(code, hash);
        code.alu32(Operation.XOR, hash, (int) (secret >>> 32));
        mix(code, hash);
        code.alu64(Operation.MUL, hash, cpus.size()).alu64(Operation.RSH, hash, 32);
        code.mov(XdpCpuProgram.PLACE, hash);
    }

    private static void mix(EbpfAssembler code, Register hash) {
        xorShifted(code, hash, SHIFT_1);
        code.alu32(Operation.MUL, hash, FACTOR_1);
        xorShifted(code, hash, SHIFT_2);
        code.alu32(Operation.MUL, hash, FACTOR_2);
        xorShifted(code, hash, SHIFT_1);
    }

    private static void xorShifted(EbpfAssembler code, Register hash, int shift) {
        code.alu32(Operation.MOV, R2, hash).alu32(Operation.RSH, R2, shift).alu32(Operation.XOR, hash, R2);
    }
}
