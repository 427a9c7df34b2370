/**
 * How figures are written down: aligned tables for people, JSON for programs, and the machine they were taken on. Uses the
 * JDK and Netty's version record alone.
 */
@NullMarked
package io.fastsocket.perf.report;

import org.jspecify.annotations.NullMarked;
