package io.fastsocket.affinity.system;

/**
 * Settings of a card as text, in the words of ethtool(8): read, so that they can be kept, and written, so that what was
 * kept comes back. Reading needs no privilege, writing needs {@code CAP_NET_ADMIN}.
 */
public final class EthtoolSet {
    private EthtoolSet() {}

    /**
     * How many queues there are: {@code "combined 8"}, {@code "rx 4 tx 4"}. Kinds of which there are none are left out,
     * so the text is the whole state.
     *
     * @throws EthtoolException if the driver refuses
     */
    public static String currentChannels(Ethtool ethtool, String interfaceName) throws EthtoolException {
        return ChannelWords.current(ethtool, interfaceName);
    }

    /**
     * Sets how many queues there are. A kind that is not named gets none: what {@link #currentChannels} answered
     * restores the state it was read from.
     *
     * @param words {@code rx}, {@code tx}, {@code combined}, each at most once and followed by a number from 0 to 65535
     * @throws IllegalArgumentException if the words are others
     * @throws EthtoolException if the driver refuses
     */
    public static void channels(Ethtool ethtool, String interfaceName, String words) throws EthtoolException {
        ChannelWords.set(ethtool, interfaceName, words);
    }

    /**
     * When the card interrupts: always {@code adaptive-rx}, {@code adaptive-tx}, {@code rx-usecs}, {@code rx-frames},
     * {@code tx-usecs} and {@code tx-frames}, in this order.
     *
     * @throws EthtoolException if the driver refuses
     */
    public static String currentCoalescing(Ethtool ethtool, String interfaceName) throws EthtoolException {
        return CoalescingWords.current(ethtool, interfaceName);
    }

    /**
     * Sets when the card interrupts. What is not named stays as it is.
     *
     * @param words the same as {@link #currentCoalescing}, in any order, each at most once, not all of them needed
     * @throws IllegalArgumentException if the words are others
     * @throws EthtoolException if the driver refuses
     */
    public static void coalescing(Ethtool ethtool, String interfaceName, String words) throws EthtoolException {
        CoalescingWords.set(ethtool, interfaceName, words);
    }

    /**
     * What {@link #currentCoalescing} answers after {@link #coalescing} was called with the words.
     *
     * @param current what it answered before
     * @throws IllegalArgumentException if the words are others
     */
    public static String coalescingAfter(String current, String words) {
        return CoalescingWords.after(current, words);
    }

    /**
     * The RSS indirection table: queues divided by blanks, all of them.
     *
     * @throws EthtoolException if the driver refuses; with EOPNOTSUPP if the card has no table
     */
    public static String currentIndirectionTable(Ethtool ethtool, String interfaceName) throws EthtoolException {
        return IndirectionWords.current(ethtool, interfaceName);
    }

    /**
     * Sets the RSS indirection table; key and hash function stay.
     *
     * @param queues as many as the card's table has, each from 0 to 65535
     * @throws IllegalArgumentException if it is another number of queues, or one is out of range
     * @throws EthtoolException if the driver refuses
     */
    public static void indirectionTable(Ethtool ethtool, String interfaceName, int[] queues) throws EthtoolException {
        IndirectionWords.set(ethtool, interfaceName, queues);
    }
}
