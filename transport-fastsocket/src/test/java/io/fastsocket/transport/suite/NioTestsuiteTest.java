package io.fastsocket.transport.suite;

import io.fastsocket.transport.engine.Engine;
import org.junit.jupiter.api.Tag;

/** Netty's transport tests on the NIO engine. */
@Tag("nio")
class NioTestsuiteTest extends NettyTestsuite {
    NioTestsuiteTest() throws IllegalAccessException {
        super(Engine.NIO);
    }
}
