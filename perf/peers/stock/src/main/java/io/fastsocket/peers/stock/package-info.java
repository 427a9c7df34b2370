/**
 * The roles of a server on one of Netty's own transports: start reading at {@link io.fastsocket.peers.stock.RoleOptions}. May
 * use the HTTP example's handlers, {@code tls}, picocli, and of Netty what 4.1 and 4.2 both have.
 */
@NullMarked
package io.fastsocket.peers.stock;

import org.jspecify.annotations.NullMarked;
