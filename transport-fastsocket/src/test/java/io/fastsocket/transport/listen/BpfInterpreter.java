package io.fastsocket.transport.listen;

import io.fastsocket.transport.kernel.BpfInstruction;

/** Runs a steering program as the kernel would, for a packet received on a given CPU. */
final class BpfInterpreter {
    private BpfInterpreter() {}

    static int run(BpfInstruction[] program, int cpu) {
        int accumulator = 0;
        int next = 0;
        for (int steps = 0; steps <= program.length; steps++) {
            BpfInstruction instruction = program[next];
            int k = instruction.operand();
            next++;
            switch (instruction.code()) {
                case ClassicBpf.LD_W_ABS -> accumulator = cpu;
                case ClassicBpf.JA -> next += k;
                case ClassicBpf.JGE_K ->
                    next += Integer.compareUnsigned(accumulator, k) >= 0
                            ? instruction.jumpTrue()
                            : instruction.jumpFalse();
                case ClassicBpf.SUB_K -> accumulator -= k;
                case ClassicBpf.RET_K -> {
                    return k;
                }
                case ClassicBpf.RET_A -> {
                    return accumulator;
                }
                default -> throw new IllegalStateException("unknown instruction " + instruction);
            }
        }
        throw new IllegalStateException("the program does not end");
    }
}
