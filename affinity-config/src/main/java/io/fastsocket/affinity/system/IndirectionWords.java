package io.fastsocket.affinity.system;

import java.util.List;
import java.util.stream.Collectors;

/** The RSS indirection table, as words. */
final class IndirectionWords {
    private static final int QUEUE_MAX = 0xffff;

    private IndirectionWords() {}

    static String current(Ethtool ethtool, String interfaceName) throws EthtoolException {
        return read(ethtool, interfaceName).table().stream()
                .map(String::valueOf)
                .collect(Collectors.joining(" "));
    }

    static void set(Ethtool ethtool, String interfaceName, int[] queues) throws EthtoolException {
        for (int i = 0; i < queues.length; i++) {
            require(queues[i] >= 0 && queues[i] <= QUEUE_MAX, "table[" + i + "]=" + queues[i], "0 to " + QUEUE_MAX);
        }
        RxHash hash = read(ethtool, interfaceName);
        List<Integer> table = hash.table();
        require(queues.length == table.size(), "entries=" + queues.length, table.size() + ", as the card has");
        hash.setTable(ethtool, interfaceName, queues.clone());
    }

    private static RxHash read(Ethtool ethtool, String interfaceName) throws EthtoolException {
        RxHash hash = RxHash.read(ethtool, interfaceName);
        if (hash.table().isEmpty()) {
            throw Errno.exception(
                    EthtoolCommand.GRSSH.number(),
                    interfaceName,
                    Errno.EOPNOTSUPP,
                    "the card has no indirection table");
        }
        return hash;
    }

    private static void require(boolean condition, String found, String expected) {
        if (!condition) {
            throw new IllegalArgumentException("cannot set an indirection table: " + found + " (expected " + expected
                    + "): the card would refuse it; fix: read the table, and change its entries");
        }
    }
}
