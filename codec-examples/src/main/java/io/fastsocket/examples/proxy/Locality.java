package io.fastsocket.examples.proxy;

import io.netty.channel.Channel;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Whether the CPU that receives a connection's packets is the one its loop is pinned to. */
enum Locality {
    LOCAL("yes"),
    REMOTE("no"),
    UNKNOWN("-");

    private final String label;

    Locality(String label) {
        this.label = label;
    }

    /** @param isLocal null where it cannot be known */
    static Locality of(Channel connection, @Nullable Predicate<Channel> isLocal) {
        if (isLocal == null || !connection.isActive()) {
            return UNKNOWN;
        }
        return isLocal.test(connection) ? LOCAL : REMOTE;
    }

    @Override
    public String toString() {
        return label;
    }
}
