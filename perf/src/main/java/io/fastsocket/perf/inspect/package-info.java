/**
 * Where a server's time and memory go: system calls and functions by {@code perf}, allocation and pauses as its JVM tells them.
 * What the machine does not have is left out. Knows no loads.
 */
@NullMarked
package io.fastsocket.perf.inspect;

import org.jspecify.annotations.NullMarked;
