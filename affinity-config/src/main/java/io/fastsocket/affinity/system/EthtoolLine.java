package io.fastsocket.affinity.system;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * A recorded call: {@code <request> <length> <answer>} or {@code <request> <length> errno <number>}. Request and answer
 * are in hexadecimal digits, the zero bytes at their end left out ({@code -} where nothing remains); the length, in
 * bytes, is that of both.
 */
final class EthtoolLine {
    private static final HexFormat HEX = HexFormat.of();

    private EthtoolLine() {}

    /** The part of the line that tells which call it was. */
    static String request(byte[] request) {
        return hex(request) + " " + request.length;
    }

    static String answer(byte[] answer) {
        return hex(answer);
    }

    static String refusal(int errno) {
        return "errno " + errno;
    }

    /** The answer's bytes, zero bytes at their end again. */
    static byte[] answer(String hex, int length) {
        return hex.equals("-") ? new byte[length] : Arrays.copyOf(HEX.parseHex(hex), length);
    }

    private static String hex(byte[] bytes) {
        int length = bytes.length;
        while (length > 0 && bytes[length - 1] == 0) {
            length--;
        }
        return length == 0 ? "-" : HEX.formatHex(bytes, 0, length);
    }
}
