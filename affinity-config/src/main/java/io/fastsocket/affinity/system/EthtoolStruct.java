package io.fastsocket.affinity.system;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A structure of {@code linux/ethtool.h}: bytes, in which numbers of the machine's byte order stand at offsets. */
public final class EthtoolStruct {
    private final ByteBuffer bytes;

    private EthtoolStruct(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    }

    /** A structure of zeros that begins with the command. */
    public static EthtoolStruct of(EthtoolCommand command, int length) {
        return new EthtoolStruct(new byte[length]).put(0, command.number());
    }

    /** Puts an unsigned 32-bit number. */
    public EthtoolStruct put(int offset, int value) {
        bytes.putInt(offset, value);
        return this;
    }

    /** Puts an unsigned 8-bit number. */
    public EthtoolStruct putByte(int offset, int value) {
        bytes.put(offset, (byte) value);
        return this;
    }

    /** The same structure under another command, to write back what was read. */
    public EthtoolStruct as(EthtoolCommand command) {
        return new EthtoolStruct(bytes.array().clone()).put(0, command.number());
    }

    /**
     * What the driver makes of it.
     *
     * @throws EthtoolException if it refuses
     */
    public EthtoolStruct call(Ethtool ethtool, String interfaceName) throws EthtoolException {
        byte[] answer = ethtool.call(interfaceName, bytes.array().clone());
        if (answer.length != length()) {
            throw lie(interfaceName, "bytes=" + answer.length + " (expected " + length() + ")");
        }
        return new EthtoolStruct(answer);
    }

    /** How many bytes. */
    public int length() {
        return bytes.capacity();
    }

    /** An unsigned 8-bit number. */
    public int byteAt(int offset) {
        return bytes.get(offset) & 0xff;
    }

    /** An unsigned 32-bit number. */
    public long at(int offset) {
        return bytes.getInt(offset) & 0xffff_ffffL;
    }

    /** A 64-bit number. */
    public long longAt(int offset) {
        return bytes.getLong(offset);
    }

    /** A copy of some bytes. */
    public byte[] bytesAt(int offset, int length) {
        byte[] copy = new byte[length];
        bytes.get(offset, copy);
        return copy;
    }

    /**
     * An unsigned 32-bit number that has a bound.
     *
     * @param what its name in the structure
     * @param max the most it may be
     * @throws EthtoolException with EPROTO if it is more
     */
    public int boundedAt(int offset, String what, int max, String interfaceName) throws EthtoolException {
        long value = at(offset);
        if (value > max) {
            throw lie(interfaceName, what + "=" + value + " (expected at most " + max + ")");
        }
        return (int) value;
    }

    /** The driver's answer cannot be. */
    public EthtoolException lie(String interfaceName, String why) {
        return Errno.exception(bytes.getInt(0), interfaceName, Errno.EPROTO, "the answer contradicts itself: " + why);
    }
}
