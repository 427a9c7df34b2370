package io.fastsocket.transport.suite;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.listen.FastSocketServerSocketChannel;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The ways to put our group into a bootstrap: for both roles of a server, behind a separate boss group, and for a client.
 * Clients have a group of their own, because some tests block the loop of one end until the other has acted, and on
 * loopback ours would put both ends on one loop: that of the CPU that connects.
 */
final class SuiteBootstraps implements AutoCloseable {
    private final FastSocketEventLoopGroup boss;
    private final FastSocketEventLoopGroup workers;
    private final FastSocketEventLoopGroup clients;

    SuiteBootstraps(Engine engine) {
        boss = start(engine, "boss", 1);
        workers = start(engine, "worker", 0);
        clients = start(engine, "client", 0);
    }

    private static FastSocketEventLoopGroup start(Engine engine, String threadName, int loops) {
        return FastSocketEventLoopGroup.builder()
                .engine(engine)
                .threadName(threadName)
                .loops(loops)
                .build();
    }

    List<BootstrapFactory<ServerBootstrap>> servers() {
        return List.of(
                () -> new ServerBootstrap().group(workers).channel(FastSocketServerSocketChannel.class),
                () -> new ServerBootstrap().group(boss, workers).channel(FastSocketServerSocketChannel.class));
    }

    List<BootstrapFactory<Bootstrap>> clients() {
        return List.of(() -> new Bootstrap().group(clients).channelFactory(clients.socketChannelFactory()));
    }

    List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> pairs() {
        return servers().stream()
                .flatMap(server -> clients().stream().map(client -> pair(server, client)))
                .toList();
    }

    private static BootstrapComboFactory<ServerBootstrap, Bootstrap> pair(
            BootstrapFactory<ServerBootstrap> server, BootstrapFactory<Bootstrap> client) {
        return new BootstrapComboFactory<>() {
            @Override
            public ServerBootstrap newServerInstance() {
                return server.newInstance();
            }

            @Override
            public Bootstrap newClientInstance() {
                return client.newInstance();
            }
        };
    }

    /** Ends the groups; whatever the tests left open must not keep a loop from ending. */
    @Override
    public void close() throws InterruptedException {
        for (FastSocketEventLoopGroup group : List.of(boss, workers, clients)) {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
            assertThat(group.awaitTermination(10, TimeUnit.SECONDS))
                    .describedAs("the group ended")
                    .isTrue();
        }
    }
}
