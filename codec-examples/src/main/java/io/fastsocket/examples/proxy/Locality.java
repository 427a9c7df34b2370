package io.fastsocket.examples.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.IntegerUnixChannelOption;

/** Whether the CPU that receives a connection's packets is the one its loop is pinned to. */
enum Locality {
    LOCAL("yes"),
    REMOTE("no"),
    UNKNOWN("-");

    /** socket(7), SO_INCOMING_CPU, Linux 3.19. */
    private static final ChannelOption<Integer> INCOMING_CPU = new IntegerUnixChannelOption("SO_INCOMING_CPU", 1, 49);

    private final String label;

    Locality(String label) {
        this.label = label;
    }

    /** @param cpu of the connection's loop, or -1 */
    static Locality of(Channel connection, int cpu) {
        if (cpu < 0 || !connection.isActive()) {
            return UNKNOWN;
        }
        try {
            Integer incoming = connection.config().getOption(INCOMING_CPU);
            return incoming == null || incoming < 0 ? UNKNOWN : incoming == cpu ? LOCAL : REMOTE;
        } catch (RuntimeException e) {
            // A line in a log is no reason to end a connection.
            return UNKNOWN;
        }
    }

    @Override
    public String toString() {
        return label;
    }
}
