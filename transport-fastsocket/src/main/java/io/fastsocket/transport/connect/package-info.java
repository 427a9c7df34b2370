/**
 * The way out: choose, bind, connect, verify. Internal so far. May use the engine and kernel packages and affinity-config.
 */
@NullMarked
package io.fastsocket.transport.connect;

import org.jspecify.annotations.NullMarked;
