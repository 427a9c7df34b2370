/**
 * Option numbers, struct layouts, probes, and bpf(2) with the XDP programs that move packets between CPUs. Not API. May use
 * the JDK, Netty's unix-common, and JNA, which is loaded only when bpf(2) is first called.
 */
@NullMarked
package io.fastsocket.transport.kernel;

import org.jspecify.annotations.NullMarked;
