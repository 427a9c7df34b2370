/** A simulation of machines larger than the one at hand: how much work crosses cores. Uses the JDK alone. */
@NullMarked
package io.fastsocket.perf.scale;

import org.jspecify.annotations.NullMarked;
