package io.fastsocket.examples.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** nginx and HAProxy do what a case requires, or what the table of docs/PROXY.md says. */
@Tag("wire")
@Timeout(150)
@ParameterizedClass
@EnumSource(Peer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PeerTest {
    @Parameter
    Peer peer;

    private Peer started;
    private PeerProxy proxy;
    private Disagreements table;

    static List<Arguments> cases() {
        return IntStream.range(0, WireCases.ALL.size())
                .mapToObj(place -> Arguments.of(WireCases.ALL.get(place), place))
                .toList();
    }

    /** Once for each: one instance has them all, in turn. */
    @BeforeEach
    void start() throws Exception {
        if (started != peer) {
            stop();
            started = peer;
            table = Disagreements.read();
            proxy = PeerProxy.start(peer, WireCases.ALL);
        }
    }

    @AfterAll
    void stop() throws Exception {
        if (proxy != null) {
            proxy.close();
            proxy = null;
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void doesWhatIsRequiredOrListed(WireCase wireCase, int place) throws Exception {
        String observed = proxy.outcome(place);
        System.out.printf("%s | %s | %s | %s%n", peer.command, wireCase.name(), wireCase.rule(), observed);
        assertThat(observed)
                .as("%s, '%s' (%s), of the table", peer.command, wireCase.name(), wireCase.rule())
                .isIn(table.of(wireCase, peer));
    }

    /** Another version may do otherwise, and then the table is to be looked at. */
    @Test
    void isTheVersionOfTheTable() {
        assertThat(table.text()).containsIgnoringCase(peer.command + " " + proxy.version());
    }
}
