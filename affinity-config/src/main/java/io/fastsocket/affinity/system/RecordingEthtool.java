package io.fastsocket.affinity.system;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Passes calls on and writes down what became of them, for {@code affinity collect}. What rules compare addresses with
 * is not written: zero stands in its place. Used by one thread.
 */
public final class RecordingEthtool implements Ethtool {
    private static final int RULE_TYPE = 16;
    private static final int RULE_VALUES = 20;
    private static final int RULE_VALUES_END = 72;
    private static final int RULE_MAC = 74;
    private static final int RULE_MAC_END = 80;
    private static final int FLAGS = 0xe000_0000;

    private final Ethtool ethtool;
    private final Map<String, Map<String, String>> answersByInterface = new TreeMap<>();

    public RecordingEthtool(Ethtool ethtool) {
        this.ethtool = ethtool;
    }

    @Override
    public byte[] call(String interfaceName, byte[] request) throws EthtoolException {
        Map<String, String> answers = answersByInterface.computeIfAbsent(interfaceName, name -> new TreeMap<>());
        String key = EthtoolLine.request(request);
        try {
            byte[] answer = ethtool.call(interfaceName, request);
            answers.put(key, EthtoolLine.answer(withoutAddresses(answer)));
            return answer;
        } catch (EthtoolException refused) {
            answers.put(key, EthtoolLine.refusal(refused.errno()));
            throw refused;
        }
    }

    /** The calls for an interface, a line each, as {@link SystemRoot#ethtool()} of a recorded machine reads them. */
    public String lines(String interfaceName) {
        StringBuilder lines = new StringBuilder();
        answersByInterface
                .getOrDefault(interfaceName, Map.of())
                .forEach((request, answer) ->
                        lines.append(request).append(' ').append(answer).append('\n'));
        return lines.toString();
    }

    private static byte[] withoutAddresses(byte[] answer) {
        ByteBuffer struct = ByteBuffer.wrap(answer.clone()).order(ByteOrder.nativeOrder());
        if (answer.length < RULE_MAC_END || struct.getInt(0) != EthtoolCommand.GRXCLSRULE.number()) {
            return answer;
        }
        int addressBytes = addressBytes(struct.getInt(RULE_TYPE) & ~FLAGS);
        Arrays.fill(struct.array(), RULE_VALUES, RULE_VALUES + addressBytes, (byte) 0);
        Arrays.fill(struct.array(), RULE_MAC, RULE_MAC_END, (byte) 0);
        return struct.array();
    }

    /** Where a kind of rules begins with two addresses, how long they are together; of unknown kinds, everything. */
    private static int addressBytes(int flowType) {
        return switch (flowType) {
            case 0x01, 0x02, 0x03, 0x09, 0x0a, 0x0d -> 8;
            case 0x05, 0x06, 0x07, 0x0b, 0x0c, 0x0e -> 32;
            case 0x12 -> 12;
            default -> RULE_VALUES_END - RULE_VALUES;
        };
    }
}
