package io.fastsocket.transport;

/**
 * Connections that crossed cores: their packets arrived at the CPU of one loop, and another one had accepted or opened them.
 *
 * @param from index of the loop whose CPU received the packets
 * @param to index of the loop that accepted or opened the connections
 * @param count connections since the group started
 */
public record Crossing(int from, int to, long count) {}
