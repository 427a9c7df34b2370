/**
 * The same load on our event loop group and on stock Netty, in turns: start reading at {@link
 * io.fastsocket.examples.demo.Demo}.
 *
 * <p>May use the HTTP example, the public API of the transport, and, as the other side of the comparison, Netty's own
 * groups and channels. The clients run in a second JVM ({@link io.fastsocket.examples.demo.LoadMain}) so that the CPU time
 * measured here is the servers' alone.
 */
@NullMarked
package io.fastsocket.examples.demo;

import org.jspecify.annotations.NullMarked;
