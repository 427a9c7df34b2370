package io.fastsocket.examples.cli;

import io.fastsocket.examples.http.HttpServer;
import io.fastsocket.examples.http.HttpServerSettings;
import io.netty.bootstrap.ServerBootstrap;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fastsocket http}. */
@Command(
        name = "http",
        description = {
            "Runs an HTTP/1.1 server until SIGTERM or SIGINT.",
            "It answers GET / and /hello (a text), GET /bytes/N (N bytes, to 64 MiB) and POST /echo (the body)."
        },
        footer = {
            "",
            "Exit codes: 0 stopped, 1 cannot serve, 2 wrong usage.",
            "",
            "Examples:",
            "  fastsocket http --port 8080",
            "  fastsocket http --host lo --port 0 --engine epoll --print-plan",
            "  fastsocket http --placement 0-3,8 --steering kernel-hash"
        })
@SuppressWarnings("NullAway.Init") // picocli sets every option, to its default if need be
final class HttpCommand implements Callable<Integer> {
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

    @Option(
            names = "--max-body",
            paramLabel = "BYTES",
            defaultValue = "1048576",
            description = "Largest request body, default 1048576; a larger one is answered 413.")
    private int bodyBytesMax;

    HttpCommand(StopSignal stop) {
        this.stop = stop;
    }

    @Override
    public Integer call() throws InterruptedException {
        HttpServerSettings settings = settings();
        ServerRun run = new ServerRun(
                groupOptions,
                listenOptions,
                spec.commandLine().getOut(),
                spec.commandLine().getErr());
        return run.run("http", (bootstrap, address) -> bind(bootstrap, address, settings), stop);
    }

    private HttpServerSettings settings() {
        try {
            return HttpServerSettings.DEFAULT
                    .withBodyBytesMax(bodyBytesMax)
                    .withIdleTimeout(listenOptions.idleTimeout());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--max-body " + bodyBytesMax + ": give 0 to 1073741824");
        }
    }

    private static ServerRun.Running bind(
            ServerBootstrap bootstrap, InetSocketAddress address, HttpServerSettings settings) throws IOException {
        HttpServer server = HttpServer.bind(bootstrap, address, settings);
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
