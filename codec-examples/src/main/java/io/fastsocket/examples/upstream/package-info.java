/**
 * The way to the servers behind a proxy, one of everything per event loop: which upstream gets the next piece of work
 * ({@link io.fastsocket.examples.upstream.UpstreamBalancer}), connections that are used again
 * ({@link io.fastsocket.examples.upstream.UpstreamPool}), and who the client was
 * ({@link io.fastsocket.examples.upstream.ProxyProtocol}).
 *
 * <p>May use Netty alone; event loop, channel factory, clock and randomness are the caller's choice. Nothing here is
 * shared between loops, so nothing here is locked.
 */
@NullMarked
package io.fastsocket.examples.upstream;

import org.jspecify.annotations.NullMarked;
