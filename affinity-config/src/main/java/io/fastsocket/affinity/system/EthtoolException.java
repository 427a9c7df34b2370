package io.fastsocket.affinity.system;

/** SIOCETHTOOL failed; {@link #errno()} says why. */
public final class EthtoolException extends Exception {
    private static final long serialVersionUID = 1;

    private final int errno;

    public EthtoolException(String message, int errno) {
        super(message);
        this.errno = errno;
    }

    /** The number from errno(3), such as 95 for EOPNOTSUPP. */
    public int errno() {
        return errno;
    }
}
