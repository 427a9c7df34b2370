package io.fastsocket.affinity;

import java.math.BigInteger;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;

/**
 * A field that rules of a kind may compare.
 *
 * @param name as ethtool(8) writes it
 * @param offset where it stands in the union of all kinds, or in what follows it
 * @param bytes how long it is, most significant byte first
 * @param format how its value is written
 */
record NtupleField(String name, int offset, int bytes, Format format) {
    enum Format {
        ADDRESS,
        DECIMAL,
        HEX,
        MAC
    }

    /** The name and the value; the mask too where not every bit is compared. */
    String text(byte[] value, byte[] mask) {
        BigInteger bits = new BigInteger(1, mask);
        String text = name + " " + text(value);
        return bits.bitCount() == 8 * bytes ? text : text + "/mask 0x" + bits.toString(16);
    }

    private String text(byte[] value) {
        return switch (format) {
            case ADDRESS -> address(value);
            case DECIMAL -> new BigInteger(1, value).toString();
            case HEX -> "0x" + new BigInteger(1, value).toString(16);
            case MAC -> HexFormat.ofDelimiter(":").formatHex(value);
        };
    }

    private static String address(byte[] value) {
        try {
            // Of an IPv6 address that holds an IPv4 one, InetAddress would make the latter.
            InetAddress address =
                    value.length == 16 ? Inet6Address.getByAddress(null, value, -1) : InetAddress.getByAddress(value);
            return address.getHostAddress();
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("addresses have 4 or 16 bytes", impossible);
        }
    }
}
