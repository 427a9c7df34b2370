/**
 * What peers do wrong, for every server here: the end of each pipeline takes the exceptions that nobody before it took, counts
 * them by cause and closes. Start reading at {@link io.fastsocket.examples.fault.FaultHandler}.
 *
 * <p>May use Netty alone.
 */
@NullMarked
package io.fastsocket.examples.fault;

import org.jspecify.annotations.NullMarked;
