/**
 * Meters of an event loop group, for Micrometer; nothing else in this library names it. May use what a user may: the public
 * API of the group.
 */
@NullMarked
package io.fastsocket.transport.metrics;

import org.jspecify.annotations.NullMarked;
