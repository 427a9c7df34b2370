package io.fastsocket.perf.server;

import java.io.IOException;
import java.util.List;

/** The C programs of {@code perf/floor}, built where they are missing or out of date. */
final class FloorServers {
    private FloorServers() {}

    static ServerCommand command(ServerKind kind, ServerSetup setup) throws IOException, InterruptedException {
        String source = kind.engine().equals("io_uring") ? "uring-server" : "epoll-server";
        String build = Checkout.perf().resolve("floor/build").toString();
        SystemProgram.Output output = SystemProgram.run(List.of(build, source));
        if (output.exitCode() != 0) {
            throw new MissingServerException(output.text());
        }
        return new ServerCommand(List.of(
                output.text(),
                "--host",
                setup.host().address(),
                "--port",
                "0",
                "--threads",
                Integer.toString(setup.loops())));
    }
}
