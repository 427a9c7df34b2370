package io.fastsocket.transport.connect;

/**
 * A linear map from ports to labels: two usable ports have one label exactly if their difference is in a given subspace.
 * Two table look-ups. Immutable.
 */
final class PortLabels {
    /** All ports have one label: nothing is known. */
    static final PortLabels ONE = new PortLabels(0, new char[256], new char[256]);

    private final int bits;
    private final char[] low;
    private final char[] high;

    private PortLabels(int bits, char[] low, char[] high) {
        this.bits = bits;
        this.low = low;
        this.high = high;
    }

    /**
     * @param same a basis of the differences that do not change the label, all of them in {@code usable}
     * @param usable the differences that there are among the usable ports
     */
    static PortLabels of(int[] same, PortSpan usable) {
        PortSpan span = new PortSpan();
        for (int vector : same) {
            span.add(vector, 0);
        }
        int bits = 0;
        for (int bit = 0; bit < PortSpan.PORT_BITS; bit++) {
            if (span.add(usable.vector(bit), 1 << bits)) {
                bits++;
            }
        }
        for (int bit = 0; bit < PortSpan.PORT_BITS; bit++) {
            span.add(1 << bit, 0);
        }
        char[] low = new char[256];
        char[] high = new char[256];
        for (int octet = 0; octet < 256; octet++) {
            low[octet] = (char) span.labelOf(octet);
            high[octet] = (char) span.labelOf(octet << 8);
        }
        return new PortLabels(bits, low, high);
    }

    int labels() {
        return 1 << bits;
    }

    int label(int port) {
        return low[port & 0xff] ^ high[port >>> 8];
    }
}
