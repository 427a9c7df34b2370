package io.fastsocket.affinity;

import java.util.Arrays;
import java.util.HexFormat;

/** The key of a receive-side scaling hash: bytes that cannot be changed. Prints as ethtool(8) does, {@code "6d:5a:.."}. */
public final class HashKey {
    private final byte[] bytes;

    private HashKey(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A copy of the bytes, any number of them. */
    public static HashKey copyOf(byte[] bytes) {
        return new HashKey(bytes.clone());
    }

    /** A new array, most significant bit of the key first. */
    public byte[] toByteArray() {
        return bytes.clone();
    }

    /** How many bytes. */
    public int length() {
        return bytes.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HashKey that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return HexFormat.ofDelimiter(":").formatHex(bytes);
    }
}
