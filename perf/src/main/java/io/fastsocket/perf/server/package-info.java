/**
 * The servers under test: each in a process of its own, started from this class path, from that of a module of {@code
 * perf/peers}, from {@code perf/floor} or from a package of the system; measured through {@code /proc} and ended by its
 * process. May use the transports, the examples and {@code peers.stock}; knows nothing of loads or reports.
 */
@NullMarked
package io.fastsocket.perf.server;

import org.jspecify.annotations.NullMarked;
