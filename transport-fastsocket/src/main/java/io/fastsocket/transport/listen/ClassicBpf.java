package io.fastsocket.transport.listen;

import io.fastsocket.transport.kernel.BpfInstruction;

/**
 * The classic BPF instructions a steering program is made of, under the names of linux/bpf_common.h.
 *
 * @see <a href="https://www.kernel.org/doc/html/latest/networking/filter.html">Linux Socket Filtering</a>
 */
final class ClassicBpf {
    /** {@code BPF_LD | BPF_W | BPF_ABS}: A = word at an offset, or an ancillary value at a negative one. */
    static final int LD_W_ABS = 0x20;
    /** {@code BPF_JMP | BPF_JA}: skip k instructions. */
    static final int JA = 0x05;
    /** {@code BPF_JMP | BPF_JGE | BPF_K}: A >= k, unsigned. */
    static final int JGE_K = 0x35;
    /** {@code BPF_ALU | BPF_SUB | BPF_K}: A -= k. */
    static final int SUB_K = 0x14;
    /** {@code BPF_RET | BPF_K}. */
    static final int RET_K = 0x06;
    /** {@code BPF_RET | BPF_A}. */
    static final int RET_A = 0x16;

    /** {@code BPF_MAXINSNS}. */
    static final int INSTRUCTIONS_MAX = 4096;
    /** The farthest a conditional jump reaches: 8 bits. */
    static final int CONDITIONAL_JUMP_MAX = 255;

    /** {@code SKF_AD_OFF + SKF_AD_CPU}: the CPU that runs the program, which is the one receiving the packet. */
    private static final int ANCILLARY_CPU = -0x1000 + 36;

    private ClassicBpf() {}

    static BpfInstruction loadCpu() {
        return new BpfInstruction(LD_W_ABS, 0, 0, ANCILLARY_CPU);
    }

    static BpfInstruction jumpIfAtLeast(int k, int skipWhenTrue, int skipWhenFalse) {
        return new BpfInstruction(JGE_K, skipWhenTrue, skipWhenFalse, k);
    }

    static BpfInstruction jump(int skip) {
        return new BpfInstruction(JA, 0, 0, skip);
    }

    static BpfInstruction subtract(int k) {
        return new BpfInstruction(SUB_K, 0, 0, k);
    }

    static BpfInstruction answer(int k) {
        return new BpfInstruction(RET_K, 0, 0, k);
    }

    static BpfInstruction answerAccumulator() {
        return new BpfInstruction(RET_A, 0, 0, 0);
    }
}
