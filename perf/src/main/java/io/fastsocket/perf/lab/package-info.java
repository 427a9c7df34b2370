/**
 * Test beds of flow delivery: what runs in a virtual machine or a network namespace, and its peer. Uses the transport's public API,
 * and of its kernel package the program that stands for an unknown card.
 */
@NullMarked
package io.fastsocket.perf.lab;

import org.jspecify.annotations.NullMarked;
