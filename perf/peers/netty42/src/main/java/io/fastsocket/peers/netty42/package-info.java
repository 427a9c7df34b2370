/** A server on Netty 4.2, to compare with. May use the roles of {@code peers.stock} and Netty alone. */
@NullMarked
package io.fastsocket.peers.netty42;

import org.jspecify.annotations.NullMarked;
