package io.fastsocket.affinity.system;

import java.util.ArrayList;
import java.util.List;

/**
 * How a card hashes what it receives and which queue a hash leads to, as the driver tells: {@code struct ethtool_rxfh},
 * or {@code struct ethtool_rxfh_indir} of drivers that know no more than their table.
 */
public final class RxHash {
    /** The most entries that an indirection table may have; cards have 128 to 2048. */
    public static final int TABLE_ENTRIES_MAX = 1 << 16;
    /** The most bytes that a key may have; cards have 40, 52 and a few hundred. */
    public static final int KEY_BYTES_MAX = 4096;

    private static final int QUEUE_MAX = 0xffff;
    /** cmd, rss_context, indir_size, key_size: 32 bits; hfunc, input_xfrm, two reserved: 8 bits; reserved: 32 bits. */
    private static final int HEADER = 24;

    private static final int TABLE_HEADER = 8;
    private static final int SIZE_OF_TABLE = 8;
    private static final int SIZE_OF_KEY = 12;
    private static final int FUNCTION = 16;
    private static final int TRANSFORM = 17;

    private final int functionBit;
    private final int transformBits;
    private final List<Integer> table;
    private final byte[] key;

    private RxHash(int functionBit, int transformBits, List<Integer> table, byte[] key) {
        this.functionBit = functionBit;
        this.transformBits = transformBits;
        this.table = List.copyOf(table);
        this.key = key;
    }

    /**
     * Asks twice: how long table and key are, then for both.
     *
     * @throws EthtoolException if the driver refuses or contradicts itself; with EOPNOTSUPP if the card does not hash
     */
    public static RxHash read(Ethtool ethtool, String interfaceName) throws EthtoolException {
        EthtoolStruct sizes;
        try {
            sizes = EthtoolStruct.of(EthtoolCommand.GRSSH, HEADER).call(ethtool, interfaceName);
        } catch (EthtoolException noSuchCommand) {
            if (noSuchCommand.errno() != Errno.EOPNOTSUPP) {
                throw noSuchCommand;
            }
            return readTable(ethtool, interfaceName, noSuchCommand);
        }
        int entries = sizes.boundedAt(SIZE_OF_TABLE, "indir_size", TABLE_ENTRIES_MAX, interfaceName);
        int keyBytes = sizes.boundedAt(SIZE_OF_KEY, "key_size", KEY_BYTES_MAX, interfaceName);
        if (entries == 0 && keyBytes == 0) {
            return new RxHash(sizes.byteAt(FUNCTION), sizes.byteAt(TRANSFORM), List.of(), new byte[0]);
        }
        EthtoolStruct all = EthtoolStruct.of(EthtoolCommand.GRSSH, HEADER + 4 * entries + keyBytes)
                .put(SIZE_OF_TABLE, entries)
                .put(SIZE_OF_KEY, keyBytes)
                .call(ethtool, interfaceName);
        requireSame(all, SIZE_OF_TABLE, "indir_size", entries, interfaceName);
        requireSame(all, SIZE_OF_KEY, "key_size", keyBytes, interfaceName);
        return new RxHash(
                all.byteAt(FUNCTION),
                all.byteAt(TRANSFORM),
                table(all, HEADER, entries, interfaceName),
                all.bytesAt(HEADER + 4 * entries, keyBytes));
    }

    private static RxHash readTable(Ethtool ethtool, String interfaceName, EthtoolException noSuchCommand)
            throws EthtoolException {
        EthtoolStruct size;
        try {
            size = EthtoolStruct.of(EthtoolCommand.GRXFHINDIR, TABLE_HEADER).call(ethtool, interfaceName);
        } catch (EthtoolException neither) {
            noSuchCommand.addSuppressed(neither);
            throw noSuchCommand;
        }
        int entries = size.boundedAt(4, "size", TABLE_ENTRIES_MAX, interfaceName);
        EthtoolStruct all = EthtoolStruct.of(EthtoolCommand.GRXFHINDIR, TABLE_HEADER + 4 * entries)
                .put(4, entries)
                .call(ethtool, interfaceName);
        requireSame(all, 4, "size", entries, interfaceName);
        return new RxHash(0, 0, table(all, TABLE_HEADER, entries, interfaceName), new byte[0]);
    }

    /** Between the two calls somebody may have changed the number of queues, and with it the table. */
    private static void requireSame(EthtoolStruct answer, int offset, String what, int asked, String interfaceName)
            throws EthtoolException {
        if (answer.at(offset) != asked) {
            throw answer.lie(
                    interfaceName, what + "=" + answer.at(offset) + " (expected " + asked + " as just before)");
        }
    }

    private static List<Integer> table(EthtoolStruct answer, int offset, int entries, String interfaceName)
            throws EthtoolException {
        List<Integer> table = new ArrayList<>(entries);
        for (int i = 0; i < entries; i++) {
            table.add(answer.boundedAt(offset + 4 * i, "table[" + i + "]", QUEUE_MAX, interfaceName));
        }
        return table;
    }

    /** {@code ETH_RSS_HASH_*}: 1 Toeplitz, 2 XOR, 4 CRC32; 0 where the driver does not tell. */
    public int functionBit() {
        return functionBit;
    }

    /** {@code RXH_XFRM_*}: 1 symmetric XOR, 2 symmetric OR-XOR; 0 for none, and before Linux 6.8. */
    public int transformBits() {
        return transformBits;
    }

    /** The queue for each value of the hash; empty where there is no table. */
    public List<Integer> table() {
        return table;
    }

    /** A copy of the key; empty where it is not told. */
    public byte[] key() {
        return key.clone();
    }

    /**
     * Sets the table alone.
     *
     * @param queues as many as {@link #table()} of this reading has
     */
    void setTable(Ethtool ethtool, String interfaceName, int[] queues) throws EthtoolException {
        // A size of 0 would put the driver's own table back. A key of size 0 and a function of 0 mean: no change. The
        // transform
        // has a value that means so too, 0xff, but kernels before 6.8 want zero there: so it gets what it has.
        EthtoolStruct request = EthtoolStruct.of(EthtoolCommand.SRSSH, HEADER + 4 * queues.length)
                .put(SIZE_OF_TABLE, queues.length)
                .putByte(TRANSFORM, transformBits);
        for (int i = 0; i < queues.length; i++) {
            request.put(HEADER + 4 * i, queues[i]);
        }
        request.call(ethtool, interfaceName);
    }
}
