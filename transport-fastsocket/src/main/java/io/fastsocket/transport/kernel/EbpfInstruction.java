package io.fastsocket.transport.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * One eBPF instruction, {@code struct bpf_insn} of linux/bpf.h, as a little-endian machine lays it out.
 *
 * @param opcode operation, 0 to 255
 * @param dst destination register, 0 to 10
 * @param src source register, 0 to 10, or what kind of constant a 64 bit load has
 * @param offset of memory in bytes, or of a jump in instructions after this one; signed 16 bit
 * @param imm the 32 bit constant
 */
record EbpfInstruction(int opcode, int dst, int src, int offset, int imm) {
    static final int BYTES = 8;

    private static final int OPCODE_MAX = 255;
    private static final int REGISTER_MAX = 10;

    EbpfInstruction {
        requireRange("opcode", opcode, 0, OPCODE_MAX);
        requireRange("dst", dst, 0, REGISTER_MAX);
        requireRange("src", src, 0, REGISTER_MAX);
        requireRange("offset", offset, Short.MIN_VALUE, Short.MAX_VALUE);
    }

    /** The program as the kernel reads it, {@value #BYTES} bytes for each instruction. */
    static byte[] encode(List<EbpfInstruction> program) {
        ByteBuffer bytes = ByteBuffer.allocate(program.size() * BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (EbpfInstruction instruction : program) {
            bytes.put((byte) instruction.opcode)
                    .put((byte) (instruction.src << 4 | instruction.dst))
                    .putShort((short) instruction.offset)
                    .putInt(instruction.imm);
        }
        return bytes.array();
    }

    private static void requireRange(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException("cannot encode an eBPF instruction: " + name + "=" + value
                    + " (expected " + min + " to " + max + "): its field is narrower; fix: use what fits");
        }
    }
}
