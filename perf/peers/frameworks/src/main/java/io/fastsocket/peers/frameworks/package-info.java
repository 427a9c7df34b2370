/** Servers on frameworks, to compare with. Each may use its framework and what they share: one answer to a request. */
@NullMarked
package io.fastsocket.peers.frameworks;

import org.jspecify.annotations.NullMarked;
