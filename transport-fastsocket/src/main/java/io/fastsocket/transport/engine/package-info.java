/**
 * The event-loop engines behind one small interface: io_uring with its guards, epoll, NIO; serves every step. The only
 * place that names their classes. Internal but for {@link io.fastsocket.transport.engine.Engine}. May use the kernel package
 * and affinity-config.
 */
@NullMarked
package io.fastsocket.transport.engine;

import org.jspecify.annotations.NullMarked;
