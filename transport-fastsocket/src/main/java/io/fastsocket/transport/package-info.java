/**
 * Where a user starts: the event loop group, what it chose and why not more. May use everything below.
 */
@NullMarked
package io.fastsocket.transport;

import org.jspecify.annotations.NullMarked;
