package io.fastsocket.examples.connections;

/**
 * How many connections of clients a server holds at a time. Further ones are reset.
 *
 * @param connectionsMax in all; 0: no limit
 * @param perAddressMax from one address, for which all of an IPv6 network of 64 bits counts; 0: no limit
 */
public record ConnectionLimits(int connectionsMax, int perAddressMax) {
    /** No limits. */
    public static final ConnectionLimits NONE = new ConnectionLimits(0, 0);

    /** @throws IllegalArgumentException if a limit is negative */
    public ConnectionLimits {
        require("connectionsMax", connectionsMax);
        require("perAddressMax", perAddressMax);
    }

    private static void require(String name, int value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: 0 or more)");
        }
    }
}
