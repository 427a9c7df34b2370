package io.fastsocket.transport.connect;

/**
 * Vectors of 16 bits over GF(2), each with a label, in echelon form: a linear map from ports to labels while it is built.
 * Confined to its builder.
 */
final class PortSpan {
    static final int PORT_BITS = 16;

    /** By its highest bit, 0 where there is none. */
    private final int[] vectors = new int[PORT_BITS];

    private final int[] labels = new int[PORT_BITS];
    private int dimension;

    /** The span of the differences of some ports: what there is to tell apart among them. */
    static PortSpan ofDifferences(int[] ports) {
        PortSpan span = new PortSpan();
        for (int port : ports) {
            span.add(port ^ ports[0], 0);
            if (span.dimension == PORT_BITS) {
                break;
            }
        }
        return span;
    }

    /** Adds a vector that the map shall send to {@code label}; false, and without effect, if it is in the span already. */
    boolean add(int vector, int label) {
        int rest = vector;
        int restLabel = label;
        while (rest != 0) {
            int bit = highestBit(rest);
            if (vectors[bit] == 0) {
                vectors[bit] = rest;
                labels[bit] = restLabel;
                dimension++;
                return true;
            }
            rest ^= vectors[bit];
            restLabel ^= labels[bit];
        }
        return false;
    }

    /** Where the map sends a vector of the span. */
    int labelOf(int vector) {
        int rest = vector;
        int label = 0;
        while (rest != 0) {
            int bit = highestBit(rest);
            if (vectors[bit] == 0) {
                throw new IllegalArgumentException("cannot label a vector: vector=" + vector
                        + " (expected one of the span, dimension " + dimension + ")");
            }
            rest ^= vectors[bit];
            label ^= labels[bit];
        }
        return label;
    }

    int dimension() {
        return dimension;
    }

    /** The vector with this highest bit, or 0. */
    int vector(int bit) {
        return vectors[bit];
    }

    private static int highestBit(int vector) {
        return 31 - Integer.numberOfLeadingZeros(vector);
    }
}
