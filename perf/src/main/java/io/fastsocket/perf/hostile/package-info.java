/**
 * Hostile peers: clients and origins that send what no server expects and end connections where none should end, against
 * servers as the launcher starts them. Start reading at {@link io.fastsocket.perf.hostile.HostileRun}.
 *
 * <p>Uses the JDK, and of {@code server} and {@code inspect} what starts processes and looks at them. A peer decides what
 * it sends by a seed alone; when it is sent, and how far, is the machine's doing.
 */
@NullMarked
package io.fastsocket.perf.hostile;

import org.jspecify.annotations.NullMarked;
