package io.fastsocket.affinity;

import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.system.SystemRoot;
import java.util.List;

/** What a card's driver says of its queues and rules, with the ethtool ioctl. */
final class NicFeatures {
    private NicFeatures() {}

    /** How many queues there are and may be. */
    static Answer<Channels> channels(SystemRoot root, String interfaceName) {
        return ChannelsReader.read(root.ethtool(), interfaceName);
    }

    /** When the card interrupts. */
    static Answer<Coalescing> coalescing(SystemRoot root, String interfaceName) {
        return CoalescingReader.read(root.ethtool(), interfaceName);
    }

    /** Whether rules and accelerated RFS are on. */
    static Answer<Boolean> ntupleFilters(SystemRoot root, String interfaceName) {
        return NtupleReader.filtersOn(root.ethtool(), interfaceName);
    }

    /** The rules that override RSS, by location. */
    static Answer<List<NtupleRule>> ntupleRules(SystemRoot root, String interfaceName) {
        return NtupleReader.rules(root.ethtool(), interfaceName);
    }
}
