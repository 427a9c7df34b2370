/** A server on Netty 4.2, to compare with. May use the HTTP example's handlers and Netty alone. */
@NullMarked
package io.fastsocket.peers.netty42;

import org.jspecify.annotations.NullMarked;
