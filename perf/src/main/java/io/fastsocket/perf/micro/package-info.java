/** Benchmarks of pure code, by JMH. {@code fastsocket bench micro} runs them. */
@NullMarked
package io.fastsocket.perf.micro;

import org.jspecify.annotations.NullMarked;
