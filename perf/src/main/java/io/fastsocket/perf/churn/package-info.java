/**
 * Many short connections against one server, and many short lives of groups and server channels, and what they leave behind: file
 * descriptors, heap, direct memory, meters, threads. May use {@code server}.
 */
@NullMarked
package io.fastsocket.perf.churn;

import org.jspecify.annotations.NullMarked;
