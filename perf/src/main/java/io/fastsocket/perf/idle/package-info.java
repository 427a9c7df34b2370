/** What connections cost that do nothing: opened, asked once, and kept. Knows servers as processes alone. */
@NullMarked
package io.fastsocket.perf.idle;

import org.jspecify.annotations.NullMarked;
