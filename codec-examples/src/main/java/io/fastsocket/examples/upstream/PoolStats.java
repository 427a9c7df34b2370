package io.fastsocket.examples.upstream;

/**
 * What one {@link UpstreamPool} has done so far.
 *
 * @param hits acquires that were given a connection used before
 * @param misses acquires that a connect was started for
 * @param expired connections closed because they were idle for too long
 * @param lost connections closed while idle because the upstream ended them or sent what nobody had asked for
 * @param discarded connections given back as not to be used again
 */
public record PoolStats(long hits, long misses, long expired, long lost, long discarded) {
    /** Nothing. */
    public static final PoolStats NONE = new PoolStats(0, 0, 0, 0, 0);
}
