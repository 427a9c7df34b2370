package io.fastsocket.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The default of the limit of connections. */
final class LimitOptionsTest {
    @Command
    @SuppressWarnings("NullAway.Init")
    static final class Options {
        @Mixin
        private ProxyOptions proxy;

        @Mixin
        private GroupOptions group;

        long kept(String... arguments) {
            new CommandLine(this).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(arguments);
            return proxy.settings().keptConnectionsMax(group.loopsMax());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1000, 1, 0, 1000",
        "1000, 2, 0, 500",
        "100000, 2, 2048, 48976",
        "1000, 2, 2048, 250",
        "0, 2, 2048, 1",
        "-10, 2, 0, 1",
    })
    void leavesRoomForWhatIsKeptUpToHalf(long free, int filesPerConnection, long kept, int connections) {
        assertThat(LimitOptions.connections(free, filesPerConnection, kept)).isEqualTo(connections);
    }

    @Test
    void poolsKeepSoManyConnectionsForEachLoopAndUpstream() {
        assertThat(new Options().kept("--upstream", "http://a:1,http://b:1", "--loops", "4"))
                .isEqualTo(4 * 2 * 256);
        assertThat(new Options().kept("--upstream", "http://a:1", "--loops", "3", "--pool-connections", "65536"))
                .isEqualTo(3 * 65536);
        assertThat(new Options().kept("--upstream", "http://a:1", "--pool-idle-timeout", "0"))
                .isZero();
        assertThat(new Options().kept("--upstream", "http://a:1", "--proxy-protocol-out"))
                .isZero();
    }
}
