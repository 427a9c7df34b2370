package io.fastsocket.examples.cli;

import io.fastsocket.examples.echo.EchoServer;
import io.netty.bootstrap.ServerBootstrap;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code fastsocket echo}. */
@Command(
        name = "echo",
        description = "Runs a TCP server that sends back what it receives, until SIGTERM or SIGINT.",
        footer = {
            "",
            "Exit codes: 0 stopped, 1 cannot serve, 2 wrong usage.",
            "",
            "Examples:",
            "  fastsocket echo --port 7007",
            "  fastsocket echo --host ::1 --port 0 --engine nio --loops 1"
        })
@SuppressWarnings("NullAway.Init") // picocli sets every option, to its default if need be
final class EchoCommand implements Callable<Integer> {
    private final StopSignal stop;

    @Spec
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("unused") // read by picocli
    private CommonOptions common;

    @Mixin
    private ListenOptions listenOptions;

    @Mixin
    private GroupOptions groupOptions;

    EchoCommand(StopSignal stop) {
        this.stop = stop;
    }

    @Override
    public Integer call() throws InterruptedException {
        Duration idleTimeout = listenOptions.idleTimeout();
        ServerRun run = new ServerRun(
                groupOptions,
                listenOptions,
                spec.commandLine().getOut(),
                spec.commandLine().getErr());
        return run.run("echo", (bootstrap, address) -> bind(bootstrap, address, idleTimeout), stop);
    }

    private static ServerRun.Running bind(ServerBootstrap bootstrap, InetSocketAddress address, Duration idleTimeout)
            throws IOException {
        EchoServer server = EchoServer.bind(bootstrap, address, idleTimeout);
        return new ServerRun.Running() {
            @Override
            public SocketAddress address() {
                return server.address();
            }

            @Override
            public boolean stop(Duration bound) throws InterruptedException {
                return server.stop(bound);
            }
        };
    }
}
