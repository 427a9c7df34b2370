package io.fastsocket.transport.kernel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes an eBPF program instruction by instruction, with labels to jump forward to. There is no way to jump back, so
 * every program ends. Numbers are those of linux/bpf_common.h and linux/bpf.h.
 *
 * @see <a href="https://docs.kernel.org/bpf/standardization/instruction-set.html">BPF instruction set</a>
 */
final class EbpfAssembler {
    /** R0 holds results, R1 to R5 arguments that a call destroys, R6 to R9 outlive calls, R10 is the stack's end. */
    enum Register {
        R0,
        R1,
        R2,
        R3,
        R4,
        R5,
        R6,
        R7,
        R8,
        R9,
        R10
    }

    enum Width {
        BYTE(0x10),
        HALF(0x08),
        WORD(0x00),
        DOUBLE(0x18);

        private final int code;

        Width(int code) {
            this.code = code;
        }
    }

    enum Operation {
        ADD(0x00),
        SUB(0x10),
        MUL(0x20),
        OR(0x40),
        AND(0x50),
        LSH(0x60),
        RSH(0x70),
        XOR(0xa0),
        MOV(0xb0);

        private final int code;

        Operation(int code) {
            this.code = code;
        }
    }

    /** Comparisons are unsigned and of 64 bits; a constant is sign-extended to them. */
    enum Condition {
        EQ(0x10),
        GT(0x20),
        GE(0x30),
        /** Any bit of the mask is set. */
        SET(0x40),
        NE(0x50),
        LT(0xa0),
        LE(0xb0);

        private final int code;

        Condition(int code) {
            this.code = code;
        }
    }

    private static final int CLASS_LD = 0x00;
    private static final int CLASS_LDX = 0x01;
    private static final int CLASS_STX = 0x03;
    private static final int CLASS_ALU = 0x04;
    private static final int CLASS_JMP = 0x05;
    private static final int CLASS_ALU64 = 0x07;

    private static final int MODE_MEM = 0x60;
    private static final int SOURCE_REGISTER = 0x08;
    private static final int END_TO_BIG_ENDIAN = 0xd0 | 0x08;
    private static final int JUMP_ALWAYS = 0x00;
    private static final int JUMP_CALL = 0x80;
    private static final int JUMP_EXIT = 0x90;

    /** In the source register of a 64 bit load: the constant is a file descriptor of a map. */
    private static final int PSEUDO_MAP_FD = 1;

    private record Line(EbpfInstruction instruction, @Nullable String target) {}

    private final List<Line> lines = new ArrayList<>();
    private final Map<String, Integer> labels = new HashMap<>();

    EbpfAssembler mov(Register dst, Register src) {
        return alu64(Operation.MOV, dst, src);
    }

    EbpfAssembler mov(Register dst, int imm) {
        return alu64(Operation.MOV, dst, imm);
    }

    EbpfAssembler alu64(Operation operation, Register dst, Register src) {
        return add(CLASS_ALU64 | operation.code | SOURCE_REGISTER, dst.ordinal(), src.ordinal(), 0, 0);
    }

    /** The constant is sign-extended to 64 bits. */
    EbpfAssembler alu64(Operation operation, Register dst, int imm) {
        return add(CLASS_ALU64 | operation.code, dst.ordinal(), 0, 0, imm);
    }

    /** On the lower 32 bits; the upper ones become 0. */
    EbpfAssembler alu32(Operation operation, Register dst, Register src) {
        return add(CLASS_ALU | operation.code | SOURCE_REGISTER, dst.ordinal(), src.ordinal(), 0, 0);
    }

    /** On the lower 32 bits; the upper ones become 0. */
    EbpfAssembler alu32(Operation operation, Register dst, int imm) {
        return add(CLASS_ALU | operation.code, dst.ordinal(), 0, 0, imm);
    }

    /** Between network and machine order; what is above the 16, 32 or 64 bits becomes 0. */
    EbpfAssembler toBigEndian(Register dst, int bits) {
        if (bits != 16 && bits != 32 && bits != 64) {
            throw new IllegalArgumentException("cannot swap bytes of " + dst + ": bits=" + bits
                    + " (expected 16, 32 or 64): there is no such instruction; fix: use one of these");
        }
        return add(CLASS_ALU | END_TO_BIG_ENDIAN, dst.ordinal(), 0, 0, bits);
    }

    /** {@code dst = *(width *) (src + offset)}. */
    EbpfAssembler load(Width width, Register dst, Register src, int offset) {
        return add(CLASS_LDX | MODE_MEM | width.code, dst.ordinal(), src.ordinal(), offset, 0);
    }

    /** {@code *(width *) (dst + offset) = src}. */
    EbpfAssembler store(Width width, Register dst, int offset, Register src) {
        return add(CLASS_STX | MODE_MEM | width.code, dst.ordinal(), src.ordinal(), offset, 0);
    }

    /** A 64 bit constant, which takes two places. */
    EbpfAssembler loadConstant(Register dst, long value) {
        return loadWide(dst, 0, value);
    }

    /** The map behind a file descriptor of the process that loads the program; takes two places. */
    EbpfAssembler loadMap(Register dst, int fd) {
        return loadWide(dst, PSEUDO_MAP_FD, fd & 0xffffffffL);
    }

    private EbpfAssembler loadWide(Register dst, int kind, long value) {
        return add(CLASS_LD | Width.DOUBLE.code, dst.ordinal(), kind, 0, (int) value)
                .add(0, 0, 0, 0, (int) (value >>> 32));
    }

    EbpfAssembler jump(String label) {
        return addJump(new EbpfInstruction(CLASS_JMP | JUMP_ALWAYS, 0, 0, 0, 0), label);
    }

    EbpfAssembler jumpIf(Register dst, Condition condition, Register src, String label) {
        int opcode = CLASS_JMP | condition.code | SOURCE_REGISTER;
        return addJump(new EbpfInstruction(opcode, dst.ordinal(), src.ordinal(), 0, 0), label);
    }

    EbpfAssembler jumpIf(Register dst, Condition condition, int imm, String label) {
        return addJump(new EbpfInstruction(CLASS_JMP | condition.code, dst.ordinal(), 0, 0, imm), label);
    }

    /** Calls a helper of the kernel by its number, {@code BPF_FUNC_…}; R1 to R5 hold nothing afterwards. */
    EbpfAssembler call(int helper) {
        return add(CLASS_JMP | JUMP_CALL, 0, 0, 0, helper);
    }

    /** Ends the program with R0. */
    EbpfAssembler exit() {
        return add(CLASS_JMP | JUMP_EXIT, 0, 0, 0, 0);
    }

    /** Where jumps to this name, all of them written before, go. */
    EbpfAssembler label(String name) {
        if (labels.putIfAbsent(name, lines.size()) != null) {
            throw wrongLabel(name, "is there twice", "give each place a name of its own");
        }
        return this;
    }

    /** The program, every jump with its distance. */
    List<EbpfInstruction> assemble() {
        List<EbpfInstruction> program = new ArrayList<>(lines.size());
        for (int place = 0; place < lines.size(); place++) {
            Line line = lines.get(place);
            EbpfInstruction written = line.instruction;
            if (line.target == null) {
                program.add(written);
            } else {
                program.add(new EbpfInstruction(
                        written.opcode(), written.dst(), written.src(), distance(place, line.target), written.imm()));
            }
        }
        return List.copyOf(program);
    }

    /** In places from the one behind the jump, which is where the kernel counts from. */
    private int distance(int place, String target) {
        Integer to = labels.get(target);
        if (to == null) {
            throw wrongLabel(target, "is jumped to and nowhere", "write label(\"" + target + "\")");
        }
        return to - (place + 1);
    }

    private EbpfAssembler addJump(EbpfInstruction instruction, String label) {
        if (labels.containsKey(label)) {
            throw wrongLabel(label, "lies before the jump, which could then go round for ever", "jump forward only");
        }
        lines.add(new Line(instruction, label));
        return this;
    }

    private EbpfAssembler add(int opcode, int dst, int src, int offset, int imm) {
        lines.add(new Line(new EbpfInstruction(opcode, dst, src, offset, imm), null));
        return this;
    }

    private static IllegalStateException wrongLabel(String label, String cause, String fix) {
        return new IllegalStateException(
                "cannot assemble an eBPF program: label=" + label + ": it " + cause + "; fix: " + fix);
    }
}
