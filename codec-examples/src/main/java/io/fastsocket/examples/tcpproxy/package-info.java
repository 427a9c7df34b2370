/**
 * A TCP proxy: every connection of a client is joined to a new connection to an upstream, both on the event loop that
 * accepted the client, and bytes, ends, resets and back-pressure go through as they come. Start reading at
 * {@link io.fastsocket.examples.tcpproxy.TcpProxy}; {@code Relay} is where the bytes go through.
 *
 * <p>May use Netty, {@link io.fastsocket.examples.connections} and {@link io.fastsocket.examples.upstream}; group and channel class are the caller's choice.
 */
@NullMarked
package io.fastsocket.examples.tcpproxy;

import org.jspecify.annotations.NullMarked;
