package io.fastsocket.examples.metrics;

/** Whether new work may come, and why not. Safe for use by any thread. */
final class Readiness {
    private enum State {
        STARTING,
        READY,
        STOPPING
    }

    private volatile State state = State.STARTING;

    void set(boolean ready) {
        state = ready ? State.READY : State.STOPPING;
    }

    boolean isReady() {
        return state == State.READY;
    }

    /** One line. */
    @Override
    public String toString() {
        return switch (state) {
            case STARTING -> "not ready: starting";
            case READY -> "ok";
            case STOPPING -> "not ready: stopping";
        };
    }
}
