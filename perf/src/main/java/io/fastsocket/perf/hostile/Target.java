package io.fastsocket.perf.hostile;

import java.net.InetSocketAddress;

/**
 * A port that hostile clients connect to.
 *
 * @param name what it goes by in the report
 * @param address where it listens
 * @param payloads what is sent to it
 * @param tls whether clients get through to it by TLS
 * @param probe what a well-behaved client asks, and gets answered
 */
record Target(String name, InetSocketAddress address, Payloads payloads, boolean tls, Probe probe) {}
