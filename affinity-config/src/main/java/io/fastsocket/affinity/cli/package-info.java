/**
 * The command line of placement, {@code fastsocket affinity}, and what every command of this project is made with: tables,
 * JSON, one-line errors.
 *
 * <p>May use everything else of this module, picocli, Jackson and Logback. All three are optional dependencies: who uses the
 * library alone gets none of them.
 */
@NullMarked
package io.fastsocket.affinity.cli;

import org.jspecify.annotations.NullMarked;
