/**
 * The commands {@code fastsocket http}, {@code proxy}, {@code echo}, {@code tcpproxy} and {@code demo}: options, one-line
 * errors and exit codes. Start reading at {@link io.fastsocket.examples.cli.Main}.
 *
 * <p>May use the examples, the public API of the transport, {@code text}, and picocli. The examples do not know this package.
 */
@NullMarked
package io.fastsocket.examples.cli;

import org.jspecify.annotations.NullMarked;
