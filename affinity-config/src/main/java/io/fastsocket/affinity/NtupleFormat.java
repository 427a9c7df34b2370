package io.fastsocket.affinity;

import io.fastsocket.affinity.NtupleField.Format;
import io.fastsocket.affinity.system.EthtoolException;
import io.fastsocket.affinity.system.EthtoolStruct;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes a rule, {@code struct ethtool_rx_flow_spec} in a {@code struct ethtool_rxnfc}, in the words of ethtool(8). */
final class NtupleFormat {
    private static final int FLOW_TYPE = 16;
    private static final int VALUES = 20;
    private static final int VALUES_EXTENSION = 72;
    /** From a value to its mask. A bit that is set in it is compared; ethtool(8) writes masks the other way round. */
    private static final int TO_MASK = 72;

    private static final int RING_COOKIE = 168;
    private static final int LOCATION = 176;
    private static final int RSS_CONTEXT = 184;

    private static final long FLOW_EXT = 0x8000_0000L;
    private static final long FLOW_MAC_EXT = 0x4000_0000L;
    private static final long FLOW_RSS = 0x2000_0000L;
    private static final long DROP = -1;
    private static final long WAKE = -2;
    private static final int QUEUE_MAX = 0xffff;
    private static final int NO_QUEUE = -1;

    private record Kind(String name, List<NtupleField> fields) {}

    private static final Map<Long, Kind> KINDS = Map.ofEntries(
            Map.entry(0x01L, new Kind("tcp4", ports(4))),
            Map.entry(0x02L, new Kind("udp4", ports(4))),
            Map.entry(0x03L, new Kind("sctp4", ports(4))),
            Map.entry(0x05L, new Kind("tcp6", ports(16))),
            Map.entry(0x06L, new Kind("udp6", ports(16))),
            Map.entry(0x07L, new Kind("sctp6", ports(16))),
            Map.entry(0x09L, new Kind("ah4", security(4))),
            Map.entry(0x0aL, new Kind("esp4", security(4))),
            Map.entry(0x0bL, new Kind("ah6", security(16))),
            Map.entry(0x0cL, new Kind("esp6", security(16))),
            Map.entry(0x0dL, new Kind("ip4", anyProtocol(4, 14))),
            Map.entry(0x0eL, new Kind("ip6", anyProtocol(16, 37))),
            Map.entry(
                    0x12L,
                    new Kind(
                            "ether",
                            List.of(
                                    new NtupleField("dst", 0, 6, Format.MAC),
                                    new NtupleField("src", 6, 6, Format.MAC),
                                    new NtupleField("proto", 12, 2, Format.HEX)))));

    private static final List<NtupleField> EXTENSION = List.of(
            new NtupleField("vlan-etype", 8, 2, Format.HEX),
            new NtupleField("vlan", 10, 2, Format.DECIMAL),
            new NtupleField("user-def", 12, 8, Format.HEX));
    private static final List<NtupleField> MAC_EXTENSION = List.of(new NtupleField("dst-mac", 2, 6, Format.MAC));

    private NtupleFormat() {}

    static NtupleRule rule(EthtoolStruct rxnfc, String interfaceName) throws EthtoolException {
        long flags = rxnfc.at(FLOW_TYPE);
        long type = flags & ~(FLOW_EXT | FLOW_MAC_EXT | FLOW_RSS);
        Kind kind = KINDS.getOrDefault(type, new Kind("flow type " + type, List.of()));
        List<String> words = new ArrayList<>();
        compared(rxnfc, VALUES, kind.fields(), words);
        if ((flags & FLOW_EXT) != 0) {
            compared(rxnfc, VALUES_EXTENSION, EXTENSION, words);
        }
        if ((flags & FLOW_MAC_EXT) != 0) {
            compared(rxnfc, VALUES_EXTENSION, MAC_EXTENSION, words);
        }
        if ((flags & FLOW_RSS) != 0) {
            words.add("context " + rxnfc.at(RSS_CONTEXT));
        }
        int queue = queue(rxnfc, words, interfaceName);
        int location = rxnfc.boundedAt(LOCATION, "location", Integer.MAX_VALUE, interfaceName);
        return new NtupleRule(location, kind.name(), String.join(" ", words), queue);
    }

    private static void compared(EthtoolStruct rxnfc, int base, List<NtupleField> fields, List<String> words) {
        for (NtupleField field : fields) {
            int offset = base + field.offset();
            byte[] mask = rxnfc.bytesAt(offset + TO_MASK, field.bytes());
            if (new BigInteger(1, mask).signum() != 0) {
                words.add(field.text(rxnfc.bytesAt(offset, field.bytes()), mask));
            }
        }
    }

    /** The low half of the cookie is a queue, the byte above it a virtual function, from 1, whose queue it is. */
    private static int queue(EthtoolStruct rxnfc, List<String> words, String interfaceName) throws EthtoolException {
        long cookie = rxnfc.longAt(RING_COOKIE);
        if (cookie == DROP) {
            return NO_QUEUE;
        }
        if (cookie == WAKE) {
            words.add("wake-up filter");
            return NO_QUEUE;
        }
        long function = cookie >>> 32 & 0xff;
        if (function != 0) {
            words.add("vf " + (function - 1));
        }
        long queue = cookie & 0xffff_ffffL;
        if (queue > QUEUE_MAX) {
            throw rxnfc.lie(
                    interfaceName,
                    "ring_cookie=" + Long.toUnsignedString(cookie) + " (expected a queue of at most " + QUEUE_MAX
                            + ")");
        }
        return (int) queue;
    }

    private static List<NtupleField> ports(int addressBytes) {
        return fields(
                addressBytes,
                new NtupleField("src-port", 2 * addressBytes, 2, Format.DECIMAL),
                new NtupleField("dst-port", 2 * addressBytes + 2, 2, Format.DECIMAL),
                trafficClass(addressBytes));
    }

    private static List<NtupleField> security(int addressBytes) {
        return fields(
                addressBytes, new NtupleField("spi", 2 * addressBytes, 4, Format.DECIMAL), trafficClass(addressBytes));
    }

    private static List<NtupleField> anyProtocol(int addressBytes, int protocolOffset) {
        return fields(
                addressBytes,
                new NtupleField("l4data", 2 * addressBytes, 4, Format.HEX),
                trafficClass(addressBytes),
                new NtupleField("l4proto", protocolOffset, 1, Format.DECIMAL));
    }

    private static NtupleField trafficClass(int addressBytes) {
        return new NtupleField(addressBytes == 4 ? "tos" : "tclass", 2 * addressBytes + 4, 1, Format.HEX);
    }

    private static List<NtupleField> fields(int addressBytes, NtupleField... more) {
        List<NtupleField> fields = new ArrayList<>();
        fields.add(new NtupleField("src-ip", 0, addressBytes, Format.ADDRESS));
        fields.add(new NtupleField("dst-ip", addressBytes, addressBytes, Format.ADDRESS));
        fields.addAll(List.of(more));
        return List.copyOf(fields);
    }
}
