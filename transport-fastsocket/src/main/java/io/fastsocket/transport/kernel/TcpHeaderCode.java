package io.fastsocket.transport.kernel;

import static io.fastsocket.transport.kernel.EbpfAssembler.Register.R0;
import static io.fastsocket.transport.kernel.EbpfAssembler.Register.R1;
import static io.fastsocket.transport.kernel.EbpfAssembler.Register.R2;
import static io.fastsocket.transport.kernel.EbpfAssembler.Register.R3;
import static io.fastsocket.transport.kernel.EbpfAssembler.Register.R4;
import static io.fastsocket.transport.kernel.EbpfAssembler.Register.R5;
import static io.fastsocket.transport.kernel.EbpfAssembler.Register.R6;
import static io.fastsocket.transport.kernel.EbpfAssembler.Register.R7;

import io.fastsocket.transport.kernel.EbpfAssembler.Condition;
import io.fastsocket.transport.kernel.EbpfAssembler.Operation;
import io.fastsocket.transport.kernel.EbpfAssembler.Register;
import io.fastsocket.transport.kernel.EbpfAssembler.Width;

/**
 * The beginning of an XDP program that looks at TCP: finds the header of a packet, or jumps to {@link #PASS}. It sees
 * Ethernet with up to two VLAN tags, IPv4 with options, IPv6, and TCP directly behind it. A fragment, an IPv6 extension
 * header and anything shorter than its headers are passed. Every read stands behind a comparison with the packet's end,
 * which the kernel's verifier asks for.
 */
final class TcpHeaderCode {
    /** The label where a packet is left to its usual way; who uses this code writes it. */
    static final String PASS = "pass";

    /** Where the TCP header, of which 20 bytes may be read, is found afterwards. */
    static final Register TCP = R4;
    /** The sender's address in machine order, an IPv6 one folded by XOR of its words, when addresses were asked for. */
    static final Register SOURCE_ADDRESS = R6;
    /** The receiver's address, likewise. */
    static final Register DESTINATION_ADDRESS = R7;

    private static final Register END = R3;
    private static final Register NETWORK = R4;
    private static final Register ETHERTYPE = R5;

    // struct xdp_md
    private static final int XDP_MD_DATA = 0;
    private static final int XDP_MD_DATA_END = 4;

    private static final int ETHERNET_BYTES = 14;
    private static final int ETHERTYPE_AT = 12;
    private static final int ETHERTYPE_IPV4 = 0x0800;
    private static final int ETHERTYPE_IPV6 = 0x86dd;
    private static final int ETHERTYPE_VLAN = 0x8100;
    private static final int ETHERTYPE_SERVICE_VLAN = 0x88a8;
    private static final int VLAN_BYTES = 4;
    private static final int VLAN_TAGS_MAX = 2;

    private static final int IPV4_BYTES_MIN = 20;
    private static final int IPV4_FRAGMENT_AT = 6;
    /** More fragments follow, or this one is not the first. */
    private static final int IPV4_FRAGMENT_MASK = 0x3fff;

    private static final int IPV4_PROTOCOL_AT = 9;
    private static final int IPV4_SOURCE_AT = 12;
    private static final int IPV4_DESTINATION_AT = 16;
    /** Version 4 and a header of 5 words. */
    private static final int IPV4_FIRST_BYTE_MIN = 0x45;

    private static final int IPV4_FIRST_BYTE_MAX = 0x4f;
    private static final int IPV4_OPTION_WORDS_MAX = 10;

    private static final int IPV6_BYTES = 40;
    private static final int IPV6_NEXT_HEADER_AT = 6;
    private static final int IPV6_SOURCE_AT = 8;
    private static final int IPV6_DESTINATION_AT = 24;
    private static final int IPV6_ADDRESS_BYTES = 16;

    private static final int PROTOCOL_TCP = 6;
    private static final int TCP_BYTES_MIN = 20;

    private TcpHeaderCode() {}

    /** Uses R0 and R2 to R5. */
    static void find(EbpfAssembler code) {
        find(code, false);
    }

    /** Uses R0 and R2 to R7. */
    static void findWithAddresses(EbpfAssembler code) {
        find(code, true);
    }

    private static void find(EbpfAssembler code, boolean addresses) {
        ethernet(code);
        for (int tag = 0; tag < VLAN_TAGS_MAX; tag++) {
            vlanTag(code, "after tag " + tag);
        }
        code.jumpIf(ETHERTYPE, Condition.EQ, ETHERTYPE_IPV6, "IPv6");
        code.jumpIf(ETHERTYPE, Condition.NE, ETHERTYPE_IPV4, PASS);
        ipv4(code, addresses);
        code.jump("TCP");
        code.label("IPv6");
        ipv6(code, addresses);
        code.label("TCP");
    }

    private static void ethernet(EbpfAssembler code) {
        code.load(Width.WORD, R2, R1, XDP_MD_DATA);
        code.load(Width.WORD, END, R1, XDP_MD_DATA_END);
        code.mov(NETWORK, R2).alu64(Operation.ADD, NETWORK, ETHERNET_BYTES);
        code.jumpIf(NETWORK, Condition.GT, END, PASS);
        code.load(Width.HALF, ETHERTYPE, R2, ETHERTYPE_AT).toBigEndian(ETHERTYPE, 16);
    }

    private static void vlanTag(EbpfAssembler code, String after) {
        String tagged = "tagged, " + after;
        code.jumpIf(ETHERTYPE, Condition.EQ, ETHERTYPE_VLAN, tagged);
        code.jumpIf(ETHERTYPE, Condition.NE, ETHERTYPE_SERVICE_VLAN, after);
        code.label(tagged);
        requireBytes(code, VLAN_BYTES);
        code.load(Width.HALF, ETHERTYPE, NETWORK, 2).toBigEndian(ETHERTYPE, 16);
        code.alu64(Operation.ADD, NETWORK, VLAN_BYTES);
        code.label(after);
    }

    private static void ipv4(EbpfAssembler code, boolean addresses) {
        requireBytes(code, IPV4_BYTES_MIN);
        code.load(Width.BYTE, R0, NETWORK, IPV4_PROTOCOL_AT).jumpIf(R0, Condition.NE, PROTOCOL_TCP, PASS);
        code.load(Width.HALF, R0, NETWORK, IPV4_FRAGMENT_AT).toBigEndian(R0, 16);
        code.jumpIf(R0, Condition.SET, IPV4_FRAGMENT_MASK, PASS);
        if (addresses) {
            code.load(Width.WORD, SOURCE_ADDRESS, NETWORK, IPV4_SOURCE_AT).toBigEndian(SOURCE_ADDRESS, 32);
            code.load(Width.WORD, DESTINATION_ADDRESS, NETWORK, IPV4_DESTINATION_AT)
                    .toBigEndian(DESTINATION_ADDRESS, 32);
        }
        code.load(Width.BYTE, R0, NETWORK, 0);
        code.jumpIf(R0, Condition.LT, IPV4_FIRST_BYTE_MIN, PASS).jumpIf(R0, Condition.GT, IPV4_FIRST_BYTE_MAX, PASS);
        code.alu64(Operation.ADD, NETWORK, IPV4_BYTES_MIN);
        code.alu64(Operation.SUB, R0, IPV4_FIRST_BYTE_MIN).jumpIf(R0, Condition.EQ, 0, "no options");
        for (int words = 1; words <= IPV4_OPTION_WORDS_MAX; words <<= 1) {
            skipOptions(code, words);
        }
        code.label("no options");
        requireBytes(code, TCP_BYTES_MIN);
    }

    /**
     * Bit by bit of their length, which R0 holds in words: to add a register to a packet's pointer the verifier asks for
     * CAP_PERFMON.
     */
    private static void skipOptions(EbpfAssembler code, int words) {
        String some = "options of " + words;
        String past = "past " + some;
        code.jumpIf(R0, Condition.SET, words, some).jump(past);
        code.label(some).alu64(Operation.ADD, NETWORK, words * Integer.BYTES).label(past);
    }

    private static void ipv6(EbpfAssembler code, boolean addresses) {
        requireBytes(code, IPV6_BYTES + TCP_BYTES_MIN);
        code.load(Width.BYTE, R0, NETWORK, IPV6_NEXT_HEADER_AT).jumpIf(R0, Condition.NE, PROTOCOL_TCP, PASS);
        if (addresses) {
            fold(code, SOURCE_ADDRESS, IPV6_SOURCE_AT);
            fold(code, DESTINATION_ADDRESS, IPV6_DESTINATION_AT);
        }
        code.alu64(Operation.ADD, NETWORK, IPV6_BYTES);
    }

    private static void fold(EbpfAssembler code, Register address, int at) {
        code.load(Width.WORD, address, NETWORK, at);
        for (int word = Integer.BYTES; word < IPV6_ADDRESS_BYTES; word += Integer.BYTES) {
            code.load(Width.WORD, R0, NETWORK, at + word).alu32(Operation.XOR, address, R0);
        }
        code.toBigEndian(address, 32);
    }

    private static void requireBytes(EbpfAssembler code, int bytes) {
        code.mov(R0, NETWORK).alu64(Operation.ADD, R0, bytes).jumpIf(R0, Condition.GT, END, PASS);
    }
}
