package io.fastsocket.perf.compare;

import java.io.IOException;
import java.net.InetSocketAddress;

/** Puts a server under load: a closed loop that keeps a fixed number of connections busy. */
public interface Load {
    /**
     * Puts a server under load and waits for the end.
     *
     * @throws IOException if the load fails, does not end, or got no response at all
     */
    LoadResult run(InetSocketAddress server, Work work, int seconds) throws IOException, InterruptedException;
}
