/**
 * What clients speak TLS with, for every server here that does: {@link io.fastsocket.examples.tls.ServerTls}.
 *
 * <p>May use Netty alone.
 */
@NullMarked
package io.fastsocket.examples.tls;

import org.jspecify.annotations.NullMarked;
