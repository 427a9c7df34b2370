/**
 * What a report records beside its figures: the machine and the versions that they were taken with. Uses the JDK and Netty's
 * version record alone.
 */
@NullMarked
package io.fastsocket.perf.report;

import org.jspecify.annotations.NullMarked;
