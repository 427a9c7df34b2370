/**
 * The smallest server there is: what a client sends comes back. Shows back-pressure and half-close in one handler.
 *
 * <p>May use Netty and {@code connections}; group and channel class are the caller's choice.
 */
@NullMarked
package io.fastsocket.examples.echo;

import org.jspecify.annotations.NullMarked;
