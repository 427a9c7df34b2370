/** Netty's own transport tests, through this module's group and channels. */
@NullUnmarked
package io.fastsocket.transport.suite;

import org.jspecify.annotations.NullUnmarked;
