package io.fastsocket.transport.listen;

/** Which loop an accepted connection lives on when its packets arrive elsewhere. Serves the own step. */
public enum OwnershipPolicy {
    /**
     * It is handed, before it is registered, to the loop whose CPU received its last packet.
     *
     * <p>Gains: connections that the steering sent elsewhere (the kernel's hash, a CPU that changed during the handshake)
     * still live where their packets are. Costs: a task on the other loop for each of them, and as uneven a load as the
     * packets are. Fails: where the CPU cannot be read, the connection stays with its listener.
     */
    FOLLOW_PACKETS,
    /**
     * It stays on the loop whose listener accepted it.
     *
     * <p>Gains: the spread the kernel chose, and no hand-over. Costs: locality, unless the steering gave it.
     */
    STAY_WITH_LISTENER
}
