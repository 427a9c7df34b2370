package io.fastsocket.transport.kernel;

import static io.fastsocket.transport.kernel.EbpfAssembler.Register.R0;
import static io.fastsocket.transport.kernel.EbpfAssembler.Register.R1;
import static io.fastsocket.transport.kernel.EbpfAssembler.Register.R10;
import static io.fastsocket.transport.kernel.EbpfAssembler.Register.R2;
import static io.fastsocket.transport.kernel.EbpfAssembler.Register.R3;
import static io.fastsocket.transport.kernel.EbpfAssembler.Register.R5;
import static io.fastsocket.transport.kernel.EbpfAssembler.Register.R9;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastsocket.transport.kernel.EbpfAssembler.Condition;
import io.fastsocket.transport.kernel.EbpfAssembler.Operation;
import io.fastsocket.transport.kernel.EbpfAssembler.Width;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every instruction byte by byte: opcode, registers (source above, destination below), offset, constant. */
class EbpfAssemblerTest {
    static Stream<Arguments> instructions() {
        return Stream.of(
                encoded("b702000006000000", code -> code.mov(R2, 6)),
                encoded("bfa2000000000000", code -> code.mov(R2, R10)),
                encoded("b7000000ffffffff", code -> code.mov(R0, -1)),
                encoded("0702000004000000", code -> code.alu64(Operation.ADD, R2, 4)),
                encoded("0f32000000000000", code -> code.alu64(Operation.ADD, R2, R3)),
                encoded("1705000000900000", code -> code.alu64(Operation.SUB, R5, 0x9000)),
                encoded("2700000005000000", code -> code.alu64(Operation.MUL, R0, 5)),
                encoded("470000000f000000", code -> code.alu64(Operation.OR, R0, 15)),
                encoded("570000000f000000", code -> code.alu64(Operation.AND, R0, 15)),
                encoded("6700000002000000", code -> code.alu64(Operation.LSH, R0, 2)),
                encoded("7700000020000000", code -> code.alu64(Operation.RSH, R0, 32)),
                encoded("a700000001000000", code -> code.alu64(Operation.XOR, R0, 1)),
                encoded("b402000001000000", code -> code.alu32(Operation.MOV, R2, 1)),
                encoded("bc02000000000000", code -> code.alu32(Operation.MOV, R2, R0)),
                encoded("0402000001000000", code -> code.alu32(Operation.ADD, R2, 1)),
                encoded("24000000b179379e", code -> code.alu32(Operation.MUL, R0, 0x9e3779b1)),
                encoded("5402000001000000", code -> code.alu32(Operation.AND, R2, 1)),
                encoded("4402000001000000", code -> code.alu32(Operation.OR, R2, 1)),
                encoded("6402000001000000", code -> code.alu32(Operation.LSH, R2, 1)),
                encoded("7402000010000000", code -> code.alu32(Operation.RSH, R2, 16)),
                encoded("ac20000000000000", code -> code.alu32(Operation.XOR, R0, R2)),
                encoded("dc05000010000000", code -> code.toBigEndian(R5, 16)),
                encoded("dc05000020000000", code -> code.toBigEndian(R5, 32)),
                encoded("dc05000040000000", code -> code.toBigEndian(R5, 64)),
                encoded("7152090000000000", code -> code.load(Width.BYTE, R2, R5, 9)),
                encoded("69520c0000000000", code -> code.load(Width.HALF, R2, R5, 12)),
                encoded("6112040000000000", code -> code.load(Width.WORD, R2, R1, 4)),
                encoded("7912080000000000", code -> code.load(Width.DOUBLE, R2, R1, 8)),
                encoded("635afcff00000000", code -> code.store(Width.WORD, R10, -4, R5)),
                encoded("6b5afeff00000000", code -> code.store(Width.HALF, R10, -2, R5)),
                encoded("735affff00000000", code -> code.store(Width.BYTE, R10, -1, R5)),
                encoded("7b5af8ff00000000", code -> code.store(Width.DOUBLE, R10, -8, R5)),
                encoded("1809000088776655" + "0000000044332211", code -> code.loadConstant(R9, 0x1122334455667788L)),
                encoded("1811000007000000" + "0000000000000000", code -> code.loadMap(R1, 7)),
                encoded("8500000033000000", code -> code.call(51)),
                encoded("9500000000000000", code -> code.exit()));
    }

    static Stream<Arguments> jumps() {
        return Stream.of(
                encoded("0500010000000000", code -> code.jump("end")),
                encoded("15050100dd860000", code -> code.jumpIf(R5, Condition.EQ, 0x86dd, "end")),
                encoded("5505010006000000", code -> code.jumpIf(R5, Condition.NE, 6, "end")),
                encoded("250501004f000000", code -> code.jumpIf(R5, Condition.GT, 0x4f, "end")),
                encoded("3505010001000000", code -> code.jumpIf(R5, Condition.GE, 1, "end")),
                encoded("a505010045000000", code -> code.jumpIf(R5, Condition.LT, 0x45, "end")),
                encoded("b505010045000000", code -> code.jumpIf(R5, Condition.LE, 0x45, "end")),
                encoded("45050100ff3f0000", code -> code.jumpIf(R5, Condition.SET, 0x3fff, "end")),
                encoded("1d35010000000000", code -> code.jumpIf(R5, Condition.EQ, R3, "end")),
                encoded("2d35010000000000", code -> code.jumpIf(R5, Condition.GT, R3, "end")));
    }

    private static Arguments encoded(String hex, Consumer<EbpfAssembler> write) {
        return Arguments.of(hex, write);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("instructions")
    void instructionsAreWrittenAsTheKernelReadsThem(String hex, Consumer<EbpfAssembler> write) {
        EbpfAssembler code = new EbpfAssembler();
        write.accept(code);

        assertThat(hex(code)).isEqualTo(hex);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("jumps")
    void jumpsCountFromTheInstructionBehindThem(String hex, Consumer<EbpfAssembler> write) {
        EbpfAssembler code = new EbpfAssembler();
        write.accept(code);
        code.exit().label("end").exit();

        assertThat(hex(code)).isEqualTo(hex + "9500000000000000".repeat(2));
    }

    @Test
    void aJumpOverAWideLoadCountsBothItsPlaces() {
        EbpfAssembler code = new EbpfAssembler();
        code.jump("end").loadMap(R1, 3).label("end").exit();

        assertThat(code.assemble().get(0).offset()).isEqualTo(2);
        assertThat(code.assemble()).hasSize(4);
    }

    @Test
    void jumpsMayShareALabel() {
        EbpfAssembler code = new EbpfAssembler();
        code.jump("end").jump("end").label("end").exit();

        assertThat(code.assemble()).extracting(EbpfInstruction::offset).containsExactly(1, 0, 0);
    }

    @Test
    void labelsAreThereOnceAndAhead() {
        assertThatThrownBy(() -> new EbpfAssembler().jump("end").assemble())
                .hasMessage("cannot assemble an eBPF program: label=end: it is jumped to and nowhere; fix: write"
                        + " label(\"end\")");
        assertThatThrownBy(() -> new EbpfAssembler().label("end").label("end"))
                .hasMessage("cannot assemble an eBPF program: label=end: it is there twice; fix: give each place a name"
                        + " of its own");
        assertThatThrownBy(() -> new EbpfAssembler().label("again").jump("again"))
                .hasMessage("cannot assemble an eBPF program: label=again: it lies before the jump, which could then go"
                        + " round for ever; fix: jump forward only");
    }

    @Test
    void fieldsHaveTheWidthTheyHave() {
        assertThatThrownBy(() -> new EbpfInstruction(256, 0, 0, 0, 0))
                .hasMessage("cannot encode an eBPF instruction: opcode=256 (expected 0 to 255): its field is narrower;"
                        + " fix: use what fits");
        assertThatThrownBy(() -> new EbpfInstruction(0, 11, 0, 0, 0)).hasMessageContaining("dst=11 (expected 0 to 10)");
        assertThatThrownBy(() -> new EbpfInstruction(0, 0, -1, 0, 0)).hasMessageContaining("src=-1 (expected 0 to 10)");
        assertThatThrownBy(() -> new EbpfInstruction(0, 0, 0, 32_768, 0))
                .hasMessageContaining("offset=32768 (expected -32768 to 32767)");
        assertThatThrownBy(() -> new EbpfAssembler().toBigEndian(R0, 8))
                .hasMessageContaining("bits=8 (expected 16, 32 or 64)");
    }

    private static String hex(EbpfAssembler code) {
        return HexFormat.of().formatHex(EbpfInstruction.encode(code.assemble()));
    }
}
