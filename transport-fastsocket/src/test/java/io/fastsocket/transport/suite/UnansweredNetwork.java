package io.fastsocket.transport.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.NetworkInterface;

/**
 * The network where the suite's connection attempts go that nobody may answer: they are made to 198.51.100.254, an address
 * kept for documentation (RFC 5737). Here it must be one of ours, so that no packet leaves the machine.
 */
final class UnansweredNetwork {
    private static final String OWN_ADDRESS = "198.51.100.1";

    private UnansweredNetwork() {}

    static void require() throws Exception {
        assertThat(NetworkInterface.getByInetAddress(InetAddress.getByName(OWN_ADDRESS)))
                .describedAs(
                        "start failed on netty-testsuite: interface with address=%s (expected one): its connection"
                                + " attempts would leave this machine; fix: run .ci/netty-testsuite",
                        OWN_ADDRESS)
                .isNotNull();
    }
}
