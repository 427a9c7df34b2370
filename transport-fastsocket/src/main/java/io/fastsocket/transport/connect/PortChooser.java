package io.fastsocket.transport.connect;

import java.net.InetSocketAddress;

/** Offers ports of one local address from which the answers of a remote address arrive at one loop. Used by that loop alone. */
interface PortChooser {
    /** The answer when no port leads to the loop. */
    int NONE = -1;

    /** The port to try first for a new connection, or {@link #NONE}. */
    int first(InetSocketAddress remote);

    /** The one to try after the last one was in use: another one at each call until all were offered, or {@link #NONE}. */
    int next(InetSocketAddress remote);
}
