package io.fastsocket.affinity;

import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.system.SystemRoot;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How a card chooses the receive queue of a packet: receive-side scaling. A picture taken when it was read, with the ethtool
 * ioctl, without privilege.
 *
 * @param interfaceName as in {@code ip link}
 * @param rxRings how many receive rings RSS may spread over ({@code ETHTOOL_GRXRINGS})
 * @param hashFunction what hashes the packet's fields
 * @param hashKey the key; 40 bytes on most cards, 52 on some, any number on others
 * @param indirectionTable the queue for each value of the hash modulo the table's length
 * @param inputTransforms what is done to the fields before they are hashed; most often nothing
 * @param hashFields for each kind of packet the fields that are hashed
 * @see <a href="https://docs.kernel.org/networking/scaling.html">Scaling in the Linux Networking Stack, RSS</a>
 */
public record RssConfig(
        String interfaceName,
        Answer<Integer> rxRings,
        Answer<HashFunction> hashFunction,
        Answer<HashKey> hashKey,
        Answer<List<Integer>> indirectionTable,
        Answer<Set<InputTransform>> inputTransforms,
        Map<FlowType, Answer<Set<HashField>>> hashFields) {

    /** Which hash; {@code ETH_RSS_HASH_*} of {@code linux/ethtool.h} through {@code linux/ethtool_netlink.h}. */
    public enum HashFunction {
        TOEPLITZ,
        XOR,
        CRC32,
        /** One that this version does not know. */
        OTHER
    }

    /** {@code RXH_XFRM_*}: the fields are made symmetric, so that both directions of a connection hash alike. */
    public enum InputTransform {
        SYMMETRIC_XOR,
        SYMMETRIC_OR_XOR,
        /** One that this version does not know. */
        OTHER
    }

    /** The kinds of packets whose hash fields are set apart; {@code *_FLOW} of {@code linux/ethtool.h}. */
    public enum FlowType {
        TCP4,
        UDP4,
        TCP6,
        UDP6
    }

    /** {@code RXH_*} of {@code linux/ethtool.h}. */
    public enum HashField {
        L2_DESTINATION,
        VLAN,
        L3_PROTOCOL,
        SOURCE_ADDRESS,
        DESTINATION_ADDRESS,
        /** The source port of TCP and UDP. */
        SOURCE_PORT,
        /** The destination port of TCP and UDP. */
        DESTINATION_PORT
    }

    /**
     * Reads an interface of this machine.
     *
     * @throws IllegalArgumentException if there is no such interface
     */
    public static RssConfig read(String interfaceName) {
        return read(SystemRoot.live(), interfaceName);
    }

    /** The same for a machine that may be recorded. */
    public static RssConfig read(SystemRoot root, String interfaceName) {
        return new RssConfigReader(root, InterfaceName.require(interfaceName)).read();
    }
}
