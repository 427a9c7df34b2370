/**
 * The way in: bind, steer, accept, own. API are the server channel and the policies; the rest is internal. May use the
 * engine and kernel packages and affinity-config.
 */
@NullMarked
package io.fastsocket.transport.listen;

import org.jspecify.annotations.NullMarked;
