package io.fastsocket.transport.kernel;

/**
 * The queue of a listening socket: what {@code tcp_get_info()} of net/ipv4/tcp.c answers for one, and its drops.
 *
 * @param length {@code sk_ack_backlog}: connections that wait for accept(2)
 * @param limit {@code sk_max_ack_backlog}: the backlog of listen(2), at most net.core.somaxconn
 * @param dropped {@code sk_drops}: packets dropped since the socket was made, as {@code tcp_listendrop()} counts them
 */
public record ListenQueue(long length, long limit, long dropped) {}
