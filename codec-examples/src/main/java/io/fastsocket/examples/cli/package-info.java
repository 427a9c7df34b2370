/**
 * The commands {@code fastsocket http}, {@code echo} and {@code demo}: options, one-line errors, exit codes, tables and
 * JSON. Start reading at {@link io.fastsocket.examples.cli.Main}.
 *
 * <p>May use the examples, the public API of the transport, and picocli. The examples do not know this package.
 */
@NullMarked
package io.fastsocket.examples.cli;

import org.jspecify.annotations.NullMarked;
