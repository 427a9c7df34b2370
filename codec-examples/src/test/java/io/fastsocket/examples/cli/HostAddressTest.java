package io.fastsocket.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HostAddressTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1:80",
        "0.0.0.0, 0.0.0.0:80",
        "::, [::]:80",
        "::1, [::1]:80",
        "2001:db8::1, [2001:db8::1]:80",
        "fe80::1:2:3:4, [fe80::1:2:3:4]:80",
        "2001:db8:1:2:3:4:5:6, [2001:db8:1:2:3:4:5:6]:80",
    })
    void writesAddressesAsUrlsDo(String address, String written) throws Exception {
        assertThat(HostAddress.format(new InetSocketAddress(InetAddress.getByName(address), 80)))
                .isEqualTo(written);
    }
}
