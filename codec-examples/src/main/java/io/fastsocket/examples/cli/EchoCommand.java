package io.fastsocket.examples.cli;

import io.fastsocket.examples.connections.ConnectionLimits;
import io.fastsocket.examples.echo.EchoServer;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import picocli.CommandLine.Command;

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
final class EchoCommand extends ServingCommand {
    EchoCommand(StopSignal stop) {
        super(stop);
    }

    @Override
    public Integer call() throws InterruptedException {
        Duration idleTimeout = listenOptions().idleTimeout();
        ConnectionLimits limits = limitOptions().limits(1);
        return serve("echo", (bootstrap, address) -> {
            EchoServer server = EchoServer.bind(bootstrap, address, idleTimeout, limits);
            return new Running(server.address(), server.gate(), server.faults(), new DrainOptions.Server() {
                @Override
                public void lameDuck() {}

                @Override
                public int stop(Duration bound, CompletionStage<?> atOnce) throws InterruptedException {
                    return server.stop(bound, atOnce);
                }
            });
        });
    }
}
