package io.fastsocket.transport.connect;

/**
 * How far the learning of one local address is, for people. Counts are since the start and never fall, but for
 * {@code destinations} and {@code ports}.
 *
 * @param phase what proposals rest on
 * @param classes how many groups of CPUs a port's bits can tell apart; 1 unless {@link Phase#AFFINE}
 * @param observations connections whose CPU was taken into account
 * @param dropped connections whose CPU was not, because another thread was learning just then
 * @param destinations how many are known now
 * @param ports (destination, port) pairs that are remembered now
 * @param forgotten times all was forgotten because predictions began to miss
 */
record LearnedState(
        Phase phase, int classes, long observations, long dropped, int destinations, int ports, long forgotten) {
    /** What proposals rest on. */
    enum Phase {
        /** Nothing yet: ports are proposed to learn from. */
        LEARNING,
        /** A linear map from ports to classes of CPUs, confirmed on observations that were held back. */
        AFFINE,
        /** No such map was found; ports whose CPU was seen. A map is still looked for. */
        MEMORY_ONLY
    }
}
