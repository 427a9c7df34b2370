package io.fastsocket.affinity;

import io.fastsocket.affinity.RssConfig.InputTransform;
import java.util.Arrays;
import java.util.Set;

/**
 * The Toeplitz hash of receive-side scaling: what a card computes of each packet to choose its queue. It is affine in every
 * bit of its input, and that is what choosing a port rests on: {@code hash(tuple) == hash(tuple with local port 0) ^
 * portShare(port)}. Instances are immutable and safe for use by any thread.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/network/rss-hashing-functions">RSS hashing functions</a>,
 *     with the vectors that every implementation is checked by
 */
public final class ToeplitzHash {
    /** Bits of the hash, and so of the key beyond the input. */
    private static final int HASH_BYTES = 4;

    private static final int PORT_BYTES = 2;

    private final byte[] key;
    private final boolean symmetricXor;

    private ToeplitzHash(byte[] key, boolean symmetricXor) {
        this.key = key;
        this.symmetricXor = symmetricXor;
    }

    /** The plain hash under a key of any length. */
    public static ToeplitzHash of(HashKey key) {
        return new ToeplitzHash(key.toByteArray(), false);
    }

    /**
     * The hash of a card that may transform its input.
     *
     * @throws IllegalArgumentException if a transform does not keep the hash affine, as all but symmetric-xor
     */
    public static ToeplitzHash of(HashKey key, Set<InputTransform> transforms) {
        if (!transforms.isEmpty() && !transforms.equals(Set.of(InputTransform.SYMMETRIC_XOR))) {
            throw new IllegalArgumentException("cannot compute a receive hash: transforms=" + transforms
                    + " (expected none or SYMMETRIC_XOR): it is not affine in the port; fix: ethtool -X with"
                    + " `xfrm none` or `xfrm symmetric-xor`");
        }
        return new ToeplitzHash(key.toByteArray(), !transforms.isEmpty());
    }

    /** How many bytes of input this key is long enough for; a packet of IPv4 has 12, one of IPv6 36. */
    public int inputBytesMax() {
        return Math.max(0, key.length - HASH_BYTES);
    }

    /**
     * The hash of bytes as they are.
     *
     * @throws IllegalArgumentException if there are more than {@link #inputBytesMax()}
     */
    public int hash(byte[] input) {
        requireKeyFor(input.length);
        int hash = 0;
        for (int i = 0; i < input.length; i++) {
            hash ^= shareOf(input[i] & 0xff, i);
        }
        return hash;
    }

    /**
     * The hash of an arriving packet of TCP, over addresses and ports.
     *
     * @throws IllegalArgumentException if the key is too short for the family
     */
    public int hash(FourTuple packet) {
        byte[] remote = packet.remote().getAddress();
        byte[] local = packet.local().getAddress();
        int addressBytes = local.length;
        byte[] input = new byte[2 * addressBytes + 2 * PORT_BYTES];
        System.arraycopy(remote, 0, input, 0, addressBytes);
        System.arraycopy(local, 0, input, addressBytes, addressBytes);
        putPort(input, 2 * addressBytes, packet.remotePort());
        putPort(input, 2 * addressBytes + PORT_BYTES, packet.localPort());
        if (symmetricXor) {
            xorHalves(input, 0, addressBytes);
            xorHalves(input, 2 * addressBytes, PORT_BYTES);
        }
        return hash(input);
    }

    /**
     * What the local port adds to the hash, whatever the rest of the packet is.
     *
     * @param addressBytes 4 for IPv4, 16 for IPv6: where the port stands in the input
     */
    public int portShare(int localPort, int addressBytes) {
        requireKeyFor(2 * addressBytes + 2 * PORT_BYTES);
        int destination = 2 * addressBytes + PORT_BYTES;
        int share = portShareAt(localPort, destination);
        return symmetricXor ? share ^ portShareAt(localPort, destination - PORT_BYTES) : share;
    }

    private int portShareAt(int port, int position) {
        return shareOf(port >>> 8, position) ^ shareOf(port & 0xff, position + 1);
    }

    /** What one byte of the input adds: the 32 bits of the key from each of its set bits on. */
    private int shareOf(int value, int position) {
        int share = 0;
        for (int bit = 0; bit < 8; bit++) {
            if ((value & (0x80 >> bit)) != 0) {
                share ^= keyBitsFrom(position, bit);
            }
        }
        return share;
    }

    private int keyBitsFrom(int position, int bit) {
        long bits = 0;
        for (int i = 0; i <= HASH_BYTES; i++) {
            int at = position + i;
            bits = bits << 8 | (at < key.length ? key[at] & 0xff : 0);
        }
        return (int) (bits >>> (8 - bit));
    }

    private void requireKeyFor(int inputBytes) {
        if (inputBytes > inputBytesMax()) {
            throw new IllegalArgumentException("cannot compute a receive hash: key of " + key.length
                    + " bytes (expected at least " + (inputBytes + HASH_BYTES) + " for an input of " + inputBytes
                    + "): the key is too short for it; fix: ethtool -X with a longer hkey");
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ToeplitzHash that && symmetricXor == that.symmetricXor && Arrays.equals(key, that.key);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(key);
    }

    private static void putPort(byte[] input, int position, int port) {
        input[position] = (byte) (port >>> 8);
        input[position + 1] = (byte) port;
    }

    /** Both halves become their exclusive or. */
    private static void xorHalves(byte[] input, int from, int halfBytes) {
        for (int i = from; i < from + halfBytes; i++) {
            input[i] ^= input[i + halfBytes];
            input[i + halfBytes] = input[i];
        }
    }
}
