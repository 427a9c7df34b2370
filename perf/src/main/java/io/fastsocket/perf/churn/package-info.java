/**
 * Many short connections against one server, and what they leave behind in it: file descriptors, heap, direct memory. May
 * use {@code server}.
 */
@NullMarked
package io.fastsocket.perf.churn;

import org.jspecify.annotations.NullMarked;
