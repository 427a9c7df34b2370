/**
 * The servers under test: each in a JVM of its own, started from this class path, measured through {@code /proc} and ended
 * by its process. May use the transports and the HTTP example; knows nothing of loads or reports.
 */
@NullMarked
package io.fastsocket.perf.server;

import org.jspecify.annotations.NullMarked;
