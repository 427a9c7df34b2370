package io.fastsocket.perf.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoadPlanTest {
    private static final Target TARGET = Target.of("http://127.0.0.1:8080/");

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1, 127.0.0.1, 80, /, false",
        "http://127.0.0.1:81/a/b?c=d, 127.0.0.1:81, 81, /a/b?c=d, false",
        "HTTPS://127.0.0.1/, 127.0.0.1, 443, /, true",
        "http://[::1]:82?x, [::1]:82, 82, /?x, false"
    })
    void readsUrls(String url, String host, int port, String path, boolean tls) {
        Target target = Target.of(url);
        assertThat(target).isEqualTo(new Target(target.address(), host, path, tls));
        assertThat(target.address().getPort()).isEqualTo(port);
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1:80", "ftp://127.0.0.1/", "http:///path", "'http://127.0.0.1/a b'"})
    void refusesWhatIsNoUrl(String url) {
        assertThatThrownBy(() -> Target.of(url))
                .hasMessage("cannot load " + url + ": not an URL of http or https, such as http://127.0.0.1:8080/");
    }

    @Test
    void refusesWhatCannotBe() {
        LoadWork work = LoadWork.keepAlive(TARGET);
        LoadBounds bounds = LoadBounds.of(Duration.ofSeconds(1));
        assertThatThrownBy(() -> new LoadWork(List.of(), false, 1, List.of(), true))
                .hasMessage("load without a target (expected at least one URL)");
        assertThatThrownBy(() -> new LoadWork(List.of(TARGET), true, 2, List.of(), true))
                .hasMessage("load: pipelineDepth=2 (expected 1..1 with a new connection for each request)");
        assertThatThrownBy(() -> new LoadWork(List.of(TARGET), false, 1, List.of("X: y\r\nZ: a"), true))
                .hasMessageContaining("expected \"Name: value\"");
        assertThatThrownBy(() -> new LoadPlan(work, -1, 1, bounds)).hasMessageContaining("requestsPerSecond=-1.0");
        assertThatThrownBy(() -> new LoadPlan(work, Double.NaN, 1, bounds)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> new LoadPlan(work, 1, 0, bounds)).hasMessageContaining("connections=0");
        assertThatThrownBy(() -> LoadBounds.of(Duration.ZERO)).hasMessage("load: duration=0 ms (expected 1..3600000)");
        assertThatThrownBy(() -> bounds.withRequestsMax(-1)).hasMessageContaining("requestsMax=-1");
    }
}
