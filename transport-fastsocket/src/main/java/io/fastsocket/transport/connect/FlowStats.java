package io.fastsocket.transport.connect;

/**
 * What one loop's outgoing connections did in one mode. Counts are since the group started and never fall.
 *
 * @param loopIndex the loop's place in the plan, from 0
 * @param mode how the ports came to be
 * @param chosen connections opened from a port of this mode
 * @param hit of these, the ones whose first bytes arrived on the loop's CPU, or another hardware thread of its core
 * @param missed the ones whose first bytes arrived elsewhere; those that received nothing are neither
 * @param failed connects of this mode that failed; those that were cancelled are not counted
 * @param fallback connections for which no port of this mode was to be had, so that any port was taken
 * @param attempts ports that were tried, those that were in use included
 */
public record FlowStats(
        int loopIndex, FlowMode mode, long chosen, long hit, long missed, long failed, long fallback, long attempts) {}
