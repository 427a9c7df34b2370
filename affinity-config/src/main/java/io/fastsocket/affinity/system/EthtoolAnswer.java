package io.fastsocket.affinity.system;

/** Makes an {@link Answer} of ethtool calls: what the driver does not have is told apart from what it refuses. */
public final class EthtoolAnswer {
    private EthtoolAnswer() {}

    /** One or more calls, and what follows from their answers. */
    @FunctionalInterface
    public interface Calls<T> {
        /**
         * Makes them.
         *
         * @throws EthtoolException if one of them is refused
         */
        Answer<T> make() throws EthtoolException;
    }

    /** The answer; {@code Unsupported} where the driver has no such operation, {@code Failed} for any other errno. */
    public static <T> Answer<T> of(Calls<T> calls) {
        try {
            return calls.make();
        } catch (EthtoolException e) {
            return e.errno() == Errno.EOPNOTSUPP ? Answer.unsupported(message(e)) : Answer.failed(message(e));
        }
    }

    private static String message(EthtoolException e) {
        return String.valueOf(e.getMessage());
    }
}
