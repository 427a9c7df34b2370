package io.fastsocket.affinity;

import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.system.ErrorText;
import io.fastsocket.affinity.system.Ethtool;
import io.fastsocket.affinity.system.EthtoolAnswer;
import io.fastsocket.affinity.system.EthtoolCommand;
import io.fastsocket.affinity.system.EthtoolException;
import io.fastsocket.affinity.system.EthtoolStruct;
import io.fastsocket.affinity.system.RxHash;
import io.fastsocket.affinity.system.SystemRoot;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads a {@link RssConfig} with the ethtool ioctl. */
final class RssConfigReader {
    private static final int RXNFC_BYTES = 192;
    /**
     * cmd, flow_type: 32 bits; data: 64 bits. All of {@code struct ethtool_rxnfc} that the hash fields are asked with.
     */
    private static final int HASH_FIELDS_BYTES = 16;

    private static final int FLOW_TYPE = 4;
    private static final int DATA = 8;
    private static final int RINGS_MAX = 0xffff;
    private static final int ENODEV = 19;

    private final SystemRoot root;
    private final Ethtool ethtool;
    private final String interfaceName;

    RssConfigReader(SystemRoot root, String interfaceName) {
        this(root, root.ethtool(), interfaceName);
    }

    RssConfigReader(SystemRoot root, Ethtool ethtool, String interfaceName) {
        this.root = root;
        this.ethtool = ethtool;
        this.interfaceName = interfaceName;
    }

    RssConfig read() {
        requireInterface();
        Answer<RxHash> hash = EthtoolAnswer.of(() -> Answer.known(RxHash.read(ethtool, interfaceName)));
        Map<RssConfig.FlowType, Answer<Set<RssConfig.HashField>>> fields = new EnumMap<>(RssConfig.FlowType.class);
        for (RssConfig.FlowType type : RssConfig.FlowType.values()) {
            fields.put(type, EthtoolAnswer.of(() -> Answer.known(hashFields(type))));
        }
        return new RssConfig(
                interfaceName,
                EthtoolAnswer.of(() -> Answer.known(rings())),
                hash.flatMap(this::function),
                hash.flatMap(this::key),
                hash.flatMap(this::table),
                hash.flatMap(this::transforms),
                Collections.unmodifiableMap(fields));
    }

    /** A card that is asleep answers ENODEV too: that is no reason to say that it is not there. */
    private void requireInterface() {
        if (root.exists("/sys/class/net/" + interfaceName)) {
            return;
        }
        try {
            rings();
        } catch (EthtoolException e) {
            if (e.errno() == ENODEV) {
                throw new IllegalArgumentException("cannot read how packets are hashed: interface="
                        + ErrorText.quoted(interfaceName)
                        + " (expected one of this network namespace): there is no such"
                        + " interface; fix: name one that `ip link` shows");
            }
        }
    }

    private int rings() throws EthtoolException {
        EthtoolStruct answer =
                EthtoolStruct.of(EthtoolCommand.GRXRINGS, RXNFC_BYTES).call(ethtool, interfaceName);
        long rings = answer.longAt(DATA);
        if (rings < 0 || rings > RINGS_MAX) {
            throw answer.lie(
                    interfaceName, "data=" + Long.toUnsignedString(rings) + " (expected at most " + RINGS_MAX + ")");
        }
        return (int) rings;
    }

    private Answer<RssConfig.HashFunction> function(RxHash hash) {
        return switch (hash.functionBit()) {
            case 0 -> untold("hash function");
            case 1 -> Answer.known(RssConfig.HashFunction.TOEPLITZ);
            case 2 -> Answer.known(RssConfig.HashFunction.XOR);
            case 4 -> Answer.known(RssConfig.HashFunction.CRC32);
            default -> Answer.known(RssConfig.HashFunction.OTHER);
        };
    }

    private Answer<HashKey> key(RxHash hash) {
        byte[] key = hash.key();
        return key.length == 0 ? untold("hash key") : Answer.known(HashKey.copyOf(key));
    }

    private Answer<List<Integer>> table(RxHash hash) {
        return hash.table().isEmpty() ? untold("indirection table") : Answer.known(hash.table());
    }

    private Answer<Set<RssConfig.InputTransform>> transforms(RxHash hash) {
        if (hash.functionBit() == 0 && hash.key().length == 0) {
            return untold("input transform");
        }
        Set<RssConfig.InputTransform> transforms = EnumSet.noneOf(RssConfig.InputTransform.class);
        int bits = hash.transformBits();
        addIf((bits & 1) != 0, RssConfig.InputTransform.SYMMETRIC_XOR, transforms);
        addIf((bits & 2) != 0, RssConfig.InputTransform.SYMMETRIC_OR_XOR, transforms);
        addIf((bits & ~3) != 0, RssConfig.InputTransform.OTHER, transforms);
        return Answer.known(Collections.unmodifiableSet(transforms));
    }

    private Set<RssConfig.HashField> hashFields(RssConfig.FlowType type) throws EthtoolException {
        long bits = EthtoolStruct.of(EthtoolCommand.GRXFH, HASH_FIELDS_BYTES)
                .put(FLOW_TYPE, number(type))
                .call(ethtool, interfaceName)
                .longAt(DATA);
        Set<RssConfig.HashField> fields = EnumSet.noneOf(RssConfig.HashField.class);
        for (RssConfig.HashField field : RssConfig.HashField.values()) {
            addIf((bits & bit(field)) != 0, field, fields);
        }
        return Collections.unmodifiableSet(fields);
    }

    private static int number(RssConfig.FlowType type) {
        return switch (type) {
            case TCP4 -> 1;
            case UDP4 -> 2;
            case TCP6 -> 5;
            case UDP6 -> 6;
        };
    }

    private static long bit(RssConfig.HashField field) {
        return switch (field) {
            case L2_DESTINATION -> 1 << 1;
            case VLAN -> 1 << 2;
            case L3_PROTOCOL -> 1 << 3;
            case SOURCE_ADDRESS -> 1 << 4;
            case DESTINATION_ADDRESS -> 1 << 5;
            case SOURCE_PORT -> 1 << 6;
            case DESTINATION_PORT -> 1 << 7;
        };
    }

    private static <T> void addIf(boolean condition, T element, Set<T> set) {
        if (condition) {
            set.add(element);
        }
    }

    private <T> Answer<T> untold(String what) {
        return Answer.unsupported("the driver of " + interfaceName + " tells no " + what);
    }
}
