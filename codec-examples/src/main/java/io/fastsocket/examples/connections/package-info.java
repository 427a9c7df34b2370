/**
 * What every server here does with the connections of its clients, whatever they speak: how many there may be, how long one may take,
 * and how they end when the server stops.
 *
 * <p>May use Netty and, of {@code upstream}, the event of a PROXY header.
 */
@NullMarked
package io.fastsocket.examples.connections;

import org.jspecify.annotations.NullMarked;
