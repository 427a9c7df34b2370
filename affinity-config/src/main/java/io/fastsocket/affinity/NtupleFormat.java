package io.fastsocket.affinity;

import io.fastsocket.affinity.system.EthtoolException;
import io.fastsocket.affinity.system.EthtoolStruct;

/** Writes a rule of {@code struct ethtool_rxnfc} in the words of ethtool(8). */
final class NtupleFormat {
    private NtupleFormat() {}

    static NtupleRule rule(EthtoolStruct rxnfc, String interfaceName) throws EthtoolException {
        int location = rxnfc.boundedAt(176, "location", Integer.MAX_VALUE, interfaceName);
        return new NtupleRule(location, "flow type " + rxnfc.at(16), "", -1);
    }
}
