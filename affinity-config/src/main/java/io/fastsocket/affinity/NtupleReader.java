package io.fastsocket.affinity;

import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.system.Ethtool;
import io.fastsocket.affinity.system.EthtoolAnswer;
import io.fastsocket.affinity.system.EthtoolCommand;
import io.fastsocket.affinity.system.EthtoolException;
import io.fastsocket.affinity.system.EthtoolStruct;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Reads the rules that override RSS: {@code struct ethtool_rxnfc}. */
final class NtupleReader {
    /** The most rules that are read; cards have room for 128 to 16384. */
    static final int RULES_MAX = 1 << 14;

    private static final int VALUE_BYTES = 8;
    private static final long ETH_FLAG_NTUPLE = 1L << 27;
    private static final int RXNFC_BYTES = 192;
    private static final int RULE_LOCATION = 176;
    private static final int RULE_COUNT = 184;
    private static final int RULE_LOCATIONS = 188;
    private static final int ENOENT = 2;

    private NtupleReader() {}

    static Answer<Boolean> filtersOn(Ethtool ethtool, String interfaceName) {
        return EthtoolAnswer.of(() -> {
            EthtoolStruct flags =
                    EthtoolStruct.of(EthtoolCommand.GFLAGS, VALUE_BYTES).call(ethtool, interfaceName);
            return Answer.known((flags.at(4) & ETH_FLAG_NTUPLE) != 0);
        });
    }

    static Answer<List<NtupleRule>> rules(Ethtool ethtool, String interfaceName) {
        return EthtoolAnswer.of(() -> {
            List<NtupleRule> rules = new ArrayList<>();
            for (int location : locations(ethtool, interfaceName)) {
                rule(ethtool, interfaceName, location).ifPresent(rules::add);
            }
            rules.sort(Comparator.comparingInt(NtupleRule::location));
            return Answer.known(List.copyOf(rules));
        });
    }

    private static List<Integer> locations(Ethtool ethtool, String interfaceName) throws EthtoolException {
        int count = EthtoolStruct.of(EthtoolCommand.GRXCLSRLCNT, RXNFC_BYTES)
                .call(ethtool, interfaceName)
                .boundedAt(RULE_COUNT, "rule_cnt", RULES_MAX, interfaceName);
        EthtoolStruct all = EthtoolStruct.of(EthtoolCommand.GRXCLSRLALL, RXNFC_BYTES + 4 * count)
                .put(RULE_COUNT, count)
                .call(ethtool, interfaceName);
        int found = all.boundedAt(RULE_COUNT, "rule_cnt", count, interfaceName);
        List<Integer> locations = new ArrayList<>(found);
        for (int i = 0; i < found; i++) {
            locations.add(
                    all.boundedAt(RULE_LOCATIONS + 4 * i, "rule_locs[" + i + "]", Integer.MAX_VALUE, interfaceName));
        }
        return locations;
    }

    /** Empty where the rule was removed since the list was read. */
    private static Optional<NtupleRule> rule(Ethtool ethtool, String interfaceName, int location)
            throws EthtoolException {
        try {
            EthtoolStruct answer = EthtoolStruct.of(EthtoolCommand.GRXCLSRULE, RXNFC_BYTES)
                    .put(RULE_LOCATION, location)
                    .call(ethtool, interfaceName);
            return Optional.of(NtupleFormat.rule(answer, interfaceName));
        } catch (EthtoolException e) {
            if (e.errno() == ENOENT) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
