package io.fastsocket.perf.churn;

/**
 * What a server holds at rest: after a full garbage collection, with no connection open.
 *
 * @param connections connections it has served before
 * @param openFiles open file descriptors
 * @param residentBytes resident memory; not judged, because a JVM keeps what its heap once grew to
 * @param heapBytes heap in use
 * @param directBytes memory outside the heap that Java code has asked for, such as Netty's direct buffers
 */
public record Footprint(long connections, int openFiles, long residentBytes, long heapBytes, long directBytes) {}
