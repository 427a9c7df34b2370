/**
 * Side by side: the same {@code wrk} load on one server after the other, in alternating rounds, and what the rounds say
 * together. May use {@code server}.
 */
@NullMarked
package io.fastsocket.perf.compare;

import org.jspecify.annotations.NullMarked;
