/**
 * Option numbers, struct layouts and probes. Not API. May use the JDK and Netty's unix-common.
 */
@NullMarked
package io.fastsocket.transport.kernel;

import org.jspecify.annotations.NullMarked;
