package io.fastsocket.examples.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class UpstreamTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:80, 127.0.0.1, 80, 127.0.0.1:80",
        "example.org:65535, example.org, 65535, example.org:65535",
        "http://my_service:8080, my_service, 8080, my_service:8080",
        "http://10.0.0.1:1/, 10.0.0.1, 1, 10.0.0.1:1",
        "[::1]:80, ::1, 80, [::1]:80",
        "http://[2001:db8::1]:8080, 2001:db8::1, 8080, [2001:db8::1]:8080",
    })
    void readsWhatItWrites(String text, String host, int port, String written) {
        Upstream upstream = Upstream.parse(text);
        assertThat(upstream).isEqualTo(new Upstream(host, port));
        assertThat(upstream).hasToString(written);
        assertThat(Upstream.parse(written)).isEqualTo(upstream);
    }

    @ParameterizedTest
    @CsvSource({
        "'', there is no host and port to be seen in it",
        "localhost, there is no host and port to be seen in it",
        "::1:80, there is no host and port to be seen in it",
        "http://a:80/path, 'a path is not for the upstream to say, requests bring theirs'",
        "a:80/, 'a path is not for the upstream to say, requests bring theirs'",
        "a:b, the port is no number",
        "a:, the port is no number",
        ":80, no host can have this name",
        "a b:80, no host can have this name",
        "'a\n:80', no host can have this name",
        "[127.0.0.1]:80, what the brackets hold is no IPv6 address",
        "[::1%lo0;x]:0, the port is not in 1 to 65535",
        "a:0, the port is not in 1 to 65535",
        "a:65536, the port is not in 1 to 65535",
        "https://a:443, upstreams are spoken to without TLS",
    })
    void saysWhatIsWrongWithATextThatIsNoUpstream(String text, String cause) {
        assertThatThrownBy(() -> Upstream.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot use the upstream: upstream=" + text
                        + " (expected HOST:PORT, [IPV6]:PORT or http://HOST:PORT): " + cause
                        + "; fix: give it as 10.0.0.1:8080, for example");
    }

    @Test
    void refusesWhatCannotBeConnectedTo() {
        assertThatThrownBy(() -> new Upstream("a", 0)).hasMessageContaining("port=0 (expected 1 to 65535)");
        assertThatThrownBy(() -> new Upstream("[::1]", 80)).hasMessageContaining("host=[::1] (expected a host name");
    }

    @Test
    void looksNothingUpForAnAddress() {
        assertThat(new Upstream("127.0.0.1", 80).address().isUnresolved()).isFalse();
        assertThat(new Upstream("::1", 80).address().isUnresolved()).isFalse();
        assertThat(new Upstream("example.org", 80).address().isUnresolved()).isTrue();
    }
}
