package io.fastsocket.affinity;

/**
 * A rule of the card that overrides RSS for the packets it matches ({@code ethtool -n}).
 *
 * @param location its place in the card's table; lower ones win
 * @param flowType {@code "tcp4"}, {@code "udp6"}, {@code "ether"}, or {@code "flow type N"}
 * @param match what it matches, as ethtool(8) writes it, such as {@code "dst-port 80"}
 * @param queue the receive queue it leads to, or -1 to drop
 */
public record NtupleRule(int location, String flowType, String match, int queue) {}
