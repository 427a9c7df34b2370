package io.fastsocket.transport.kernel;

/**
 * One classic BPF instruction, {@code struct sock_filter} of linux/filter.h.
 *
 * @param code operation, unsigned 16 bit
 * @param jumpTrue instructions to skip when a comparison holds, 0 to 255
 * @param jumpFalse instructions to skip when it does not, 0 to 255
 * @param operand the 32 bit constant
 */
public record BpfInstruction(int code, int jumpTrue, int jumpFalse, int operand) {
    private static final int JUMP_MAX = 255;

    public BpfInstruction {
        requireRange("code", code, 0xffff);
        requireRange("jumpTrue", jumpTrue, JUMP_MAX);
        requireRange("jumpFalse", jumpFalse, JUMP_MAX);
    }

    private static void requireRange(String name, int value, int max) {
        if (value < 0 || value > max) {
            throw new IllegalArgumentException(name + "=" + value + " (expected 0.." + max + ")");
        }
    }
}
