package io.fastsocket.transport.suite;

import io.fastsocket.transport.engine.Engine;
import org.junit.jupiter.api.Tag;

/** Netty's transport tests on the io_uring engine. */
@Tag("io_uring")
class IoUringTestsuiteTest extends NettyTestsuite {
    IoUringTestsuiteTest() throws IllegalAccessException {
        super(Engine.IO_URING);
    }
}
