/**
 * The commands {@code bench}, its own ones, and {@code lab}: options in, tables and JSON out. May use every other package of this
 * module; nothing uses this one.
 */
@NullMarked
package io.fastsocket.perf.cli;

import org.jspecify.annotations.NullMarked;
