package io.fastsocket.perf.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WrkReportTest {
    private static final String CLEAN =
            """
            Running 5s test @ http://127.0.0.1:40123/
              1 threads and 32 connections
              Thread Stats   Avg      Stdev     Max   +/- Stdev
                Latency     1.13ms    1.76ms  27.36ms   93.05%
                Req/Sec    21.79k     3.92k   31.12k    72.00%
              108425 requests in 5.00s, 8.58MB read
            Requests/sec:  21681.87
            Transfer/sec:      1.72MB
            """;

    private static final String WITH_ERRORS =
            """
            Running 1m test @ http://127.0.0.1:40123/
              1 threads and 32 connections
              Thread Stats   Avg      Stdev     Max   +/- Stdev
                Latency     0.00us    0.00us   0.00us    -nan%
                Req/Sec     0.00      0.00     0.00      -nan%
              17 requests in 1.50m, 1.31KB read
              Socket errors: connect 1, read 20, write 300, timeout 4000
              Non-2xx or 3xx responses: 5
            Requests/sec:      0.19
            Transfer/sec:     14.91B
            """;

    @Test
    void readsRequestsAndTime() {
        assertThat(WrkReport.parse(CLEAN)).isEqualTo(new WrkReport(108425, 5.0, 0, 0, 0, 0, 0));
    }

    @Test
    void readsEveryKindOfError() {
        assertThat(WrkReport.parse(WITH_ERRORS)).isEqualTo(new WrkReport(17, 90, 1, 20, 300, 4000, 5));
    }

    @ParameterizedTest
    @CsvSource({"900.00us, 0.0009", "250.50ms, 0.2505", "2.01s, 2.01", "1.00m, 60", "2.00h, 7200"})
    void readsTimeInEveryUnit(String time, double seconds) {
        assertThat(WrkReport.parse("  1 requests in " + time + ", 1.00B read").seconds())
                .isEqualTo(seconds, within(1e-9));
    }

    @Test
    void refusesOutputWithoutResult() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WrkReport.parse("unable to connect to 127.0.0.1:9 Connection refused\n"))
                .withMessage(
                        "cannot read what wrk printed: output=\"unable to connect to 127.0.0.1:9 Connection refused\""
                                + " (expected \"N requests in Ts\")");
    }
}
