package io.fastsocket.transport;

import io.fastsocket.transport.engine.Engine;
import java.util.stream.Stream;

/** The engines to run a test on. All of them are there on the machines this project is tested on. */
public final class TestEngines {
    private TestEngines() {}

    public static Stream<Engine> all() {
        return Stream.of(Engine.IO_URING, Engine.EPOLL, Engine.NIO);
    }

    public static Stream<Engine> steered() {
        return Stream.of(Engine.IO_URING, Engine.EPOLL);
    }
}
