package io.fastsocket.examples.upstream;

/**
 * After how many bad results in a row one {@link UpstreamBalancer} leaves an upstream out for a while.
 *
 * @param failuresMax resets, ends before or within an answer, and timeouts, 0 to 1000; 0: never
 * @param errorsMax answers with a status of 500 or above, 0 to 1000; 0: never. They leave at most half of the upstreams out
 */
public record EjectionSettings(int failuresMax, int errorsMax) {
    /** After 3 failures, or after 5 answers of 5xx, which is Envoy's number too. */
    public static final EjectionSettings DEFAULT = new EjectionSettings(3, 5);

    /** Only failed connects leave an upstream out. */
    public static final EjectionSettings NEVER = new EjectionSettings(0, 0);

    /** @throws IllegalArgumentException if a value is out of its range */
    public EjectionSettings {
        requireRange("failuresMax", failuresMax);
        requireRange("errorsMax", errorsMax);
    }

    private static void requireRange(String name, int value) {
        if (value < 0 || value > 1000) {
            throw new IllegalArgumentException("cannot eject upstreams: " + name + "=" + value
                    + " (expected 0 to 1000): it is out of range; fix: give a value in it");
        }
    }
}
