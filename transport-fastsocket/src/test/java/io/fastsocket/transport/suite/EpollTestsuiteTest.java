package io.fastsocket.transport.suite;

import io.fastsocket.transport.engine.Engine;
import org.junit.jupiter.api.Tag;

/** Netty's transport tests on the epoll engine. */
@Tag("epoll")
class EpollTestsuiteTest extends NettyTestsuite {
    EpollTestsuiteTest() throws IllegalAccessException {
        super(Engine.EPOLL);
    }
}
