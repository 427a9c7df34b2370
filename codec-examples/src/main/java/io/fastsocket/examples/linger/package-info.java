/**
 * The end of a server's connection whose client may still be sending. Used by the HTTP server and the reverse proxy; may
 * use Netty and, of {@code connections}, the reset.
 */
@NullMarked
package io.fastsocket.examples.linger;

import org.jspecify.annotations.NullMarked;
