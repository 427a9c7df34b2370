/**
 * Shows a running event loop group: meters for Prometheus, probes for a supervisor, and a live page of the cores. On a
 * loop of its own, so that looking does not disturb what is looked at.
 */
@NullMarked
package io.fastsocket.examples.metrics;

import org.jspecify.annotations.NullMarked;
