/** A simulation of which work crosses between CPUs, by number of CPUs. {@code fastsocket bench scale} prints it. */
@NullMarked
package io.fastsocket.perf.scale;

import org.jspecify.annotations.NullMarked;
