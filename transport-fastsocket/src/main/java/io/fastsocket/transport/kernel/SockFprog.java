package io.fastsocket.transport.kernel;

import io.netty.channel.unix.Buffer;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;

/** {@code struct sock_fprog} of linux/filter.h, laid out for a 64 bit kernel, and its way into the kernel. */
final class SockFprog {
    /** u16 length, 6 bytes of padding, u64 pointer to the instructions. */
    private static final int FPROG_BYTES = 16;
    /** u16 code, u8 jt, u8 jf, u32 k. */
    private static final int INSTRUCTION_BYTES = 8;

    private SockFprog() {}

    static void attach(Socket listener, BpfInstruction... program) throws IOException {
        ByteBuffer filter = Buffer.allocateDirectWithNativeOrder(program.length * INSTRUCTION_BYTES);
        ByteBuffer fprog = Buffer.allocateDirectWithNativeOrder(FPROG_BYTES);
        try {
            for (BpfInstruction instruction : program) {
                filter.putShort((short) instruction.code())
                        .put((byte) instruction.jumpTrue())
                        .put((byte) instruction.jumpFalse())
                        .putInt(instruction.operand());
            }
            fprog.putShort(0, (short) program.length).putLong(8, Buffer.memoryAddress(filter));
            // The kernel copies the program during this call; it steers from here on.
            listener.setRawOpt(SocketOptions.SOL_SOCKET, SocketOptions.SO_ATTACH_REUSEPORT_CBPF, fprog);
        } finally {
            Buffer.free(fprog);
            Buffer.free(filter);
        }
    }
}
