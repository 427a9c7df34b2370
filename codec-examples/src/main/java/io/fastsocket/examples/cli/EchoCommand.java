package io.fastsocket.examples.cli;

import io.fastsocket.examples.echo.EchoServer;
import java.time.Duration;
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
        return serve("echo", (bootstrap, address) -> {
            EchoServer server = EchoServer.bind(bootstrap, address, idleTimeout);
            return new Running(server.address(), server::stop, server.faults());
        });
    }
}
