/**
 * What a report records beside its figures, the machine and the versions that they were taken with, and the page that shows them
 * all. A part or figure of the page that has nothing to show is empty. May use the JDK, Netty's version record, Jackson, the JSON
 * of the commands, and the {@code compare} package's spreads.
 */
@NullMarked
package io.fastsocket.perf.report;

import org.jspecify.annotations.NullMarked;
