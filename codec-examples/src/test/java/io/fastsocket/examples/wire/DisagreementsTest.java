package io.fastsocket.examples.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The table of docs/PROXY.md is one of these cases. That it says what the peers do is {@link PeerTest}'s. */
final class DisagreementsTest {
    @Test
    void namesCasesThatAreThereWithTheirRuleAndAReason() throws Exception {
        Map<String, String> rules = new HashMap<>();
        WireCases.ALL.forEach(wireCase -> rules.put(wireCase.name(), wireCase.rule()));
        Disagreements.read().rows().forEach((name, row) -> {
            assertThat(rules).as("the case of the row").containsKey(name);
            assertThat(row.rule()).as(name).isEqualTo(rules.get(name));
            assertThat(row.why()).as(name).isNotBlank();
            assertThat(row.outcomes()).as(name).anyMatch(outcome -> !outcome.equals(Disagreements.NONE));
        });
    }

    @Test
    void knownFaultsAreCasesThatAreThere() {
        assertThat(WireCases.ALL.stream().map(WireCase::name)).containsAll(KnownFaults.ALWAYS.keySet());
    }

    @Test
    void everyCaseHasANameOfItsOwnAndThereAreEnough() {
        assertThat(WireCases.ALL.stream().map(WireCase::name))
                .doesNotHaveDuplicates()
                .hasSizeGreaterThanOrEqualTo(150);
    }
}
