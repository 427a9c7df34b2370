package io.fastsocket.transport.listen;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * Makes a busy port an error although our own listeners share theirs: with SO_REUSEPORT a second server of the same user
 * would start and take part of the first one's connections.
 */
final class ExclusivePort {
    private ExclusivePort() {}

    /**
     * Binds once without SO_REUSEPORT and lets go. A socket that only binds takes no connections.
     *
     * @throws java.net.BindException when somebody listens there, or the address or port is not to be had
     */
    @SuppressWarnings("AddressSelection")
    static void require(InetSocketAddress address, boolean reuseAddress) throws IOException {
        if (address.getPort() == 0) {
            return;
        }
        try (Socket exclusive = new Socket()) {
            exclusive.setReuseAddress(reuseAddress);
            exclusive.bind(address);
        } catch (IOException busy) {
            Throwable failure = BindFailure.of(address, busy);
            throw failure instanceof IOException io ? io : busy;
        }
    }
}
