/**
 * An HTTP/1.1 server on Netty's codec that runs on any event loop group: start reading at {@link
 * io.fastsocket.examples.http.HttpServer}.
 *
 * <p>May use Netty, {@code connections} and {@code tls}. Nothing here knows the fastsocket transport: group and channel class are the caller's
 * choice, so that the same handlers can be measured on several transports.
 */
@NullMarked
package io.fastsocket.examples.http;

import org.jspecify.annotations.NullMarked;
