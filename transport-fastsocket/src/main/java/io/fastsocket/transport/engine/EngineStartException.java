package io.fastsocket.transport.engine;

/** An engine is there but its loops cannot be made, for example because a limit is reached. */
public final class EngineStartException extends Exception {
    private static final long serialVersionUID = 1L;

    EngineStartException(Engine engine, Throwable cause) {
        super(engine.label() + " loops cannot start: " + cause, cause);
    }
}
