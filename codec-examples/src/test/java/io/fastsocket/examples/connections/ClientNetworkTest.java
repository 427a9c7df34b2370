package io.fastsocket.examples.connections;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ClientNetworkTest {
    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1, true",
        "192.0.2.1, 192.0.2.2, false",
        "2001:db8:1:2::1, 2001:db8:1:2:ffff:ffff:ffff:ffff, true",
        "2001:db8:1:2::1, 2001:db8:1:3::1, false",
        "::1, ::2, true",
        "0.0.0.1, ::1, false",
    })
    void isAnAddressOfIpv4AndANetworkOf64BitsOfIpv6(String one, String other, boolean same) throws Exception {
        assertThat(network(one).equals(network(other))).isEqualTo(same);
        assertThat(network(one).compareTo(network(other)) == 0).isEqualTo(same);
    }

    @Test
    void isTheAddressOfIpv4ThatIsMappedIntoIpv6() throws Exception {
        byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, (byte) 192, 0, 2, 1};
        // As Netty's native transports make it; the JDK itself would answer an Inet4Address.
        InetAddress address = Inet6Address.getByAddress(null, mapped, -1);
        assertThat(address).isInstanceOf(Inet6Address.class);
        assertThat(ClientNetwork.of(address)).isEqualTo(network("192.0.2.1"));
    }

    private static ClientNetwork network(String address) throws Exception {
        return ClientNetwork.of(InetAddress.getByName(address));
    }
}
