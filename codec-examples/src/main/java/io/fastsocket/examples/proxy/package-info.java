/**
 * An HTTP/1.1 reverse proxy whose two sides live on one event loop: a request is read, sent on, answered and written
 * back by the loop that accepted its client. Start reading at {@link io.fastsocket.examples.proxy.HttpProxy}, then {@code
 * ClientConnection} and {@code Exchange}.
 *
 * <p>Bodies are streamed, never gathered: each side is read only while the other takes what was read.
 *
 * <p>May use Netty, {@code connections}, {@code http} for what decoders tell, {@code upstream} and {@code tls}. Nothing here knows the fastsocket transport: groups and channels
 * are the caller's choice.
 */
@NullMarked
package io.fastsocket.examples.proxy;

import org.jspecify.annotations.NullMarked;
