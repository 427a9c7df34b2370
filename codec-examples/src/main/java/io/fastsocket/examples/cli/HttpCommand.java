package io.fastsocket.examples.cli;

import io.fastsocket.examples.http.HttpServer;
import io.fastsocket.examples.http.HttpServerSettings;
import io.fastsocket.examples.http.ServedFiles;
import io.fastsocket.examples.tls.ServerTls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code fastsocket http}. */
@Command(
        name = "http",
        description = {
            "Runs an HTTP/1.1 server, with a certificate an HTTPS server, until SIGTERM or SIGINT.",
            "It answers GET / and /hello (a text), GET /bytes/N (N bytes, to 64 MiB), GET /files/NAME (a file of --files)"
                    + " and POST /echo (the body)."
        },
        footer = {
            "",
            "Exit codes: 0 stopped, 1 cannot serve, 2 wrong usage.",
            "",
            "Examples:",
            "  fastsocket http --port 8080",
            "  fastsocket http --host lo --port 0 --engine epoll --print-plan",
            "  fastsocket http --files public",
            "  fastsocket http --port 8443 --tls-cert chain.pem --tls-key key.pem",
            "  fastsocket http --placement 0-3,8 --steering kernel-hash"
        })
@SuppressWarnings("NullAway.Init") // picocli sets every option, to its default if need be
final class HttpCommand extends ServingCommand {
    @Option(
            names = "--max-body",
            paramLabel = "BYTES",
            defaultValue = "1048576",
            description = "Largest request body, default 1048576; a larger one is answered 413.")
    private int bodyBytesMax;

    @Option(
            names = "--files",
            paramLabel = "DIR",
            description =
                    "Directory whose regular files are answered at /files/NAME. No links, no directories below it,"
                            + " no names that begin with a dot. Default: none.")
    private @Nullable Path files;

    @Option(
            names = "--header-timeout",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description =
                    "How long the head of a request may take from its first byte to its end; default 10. 408 after"
                            + " that.")
    private int headerTimeoutSeconds;

    @Mixin
    private TlsOptions tlsOptions;

    HttpCommand(StopSignal stop) {
        super(stop);
    }

    @Override
    public Integer call() throws InterruptedException {
        HttpServerSettings settings = settings();
        return serve("http", (bootstrap, address) -> {
            HttpServer server = HttpServer.bind(bootstrap, address, settings);
            return new Running(server.address(), server.gate(), server.faults(), new DrainOptions.Server() {
                @Override
                public void lameDuck() {
                    server.lameDuck();
                }

                @Override
                public int stop(Duration bound, CompletionStage<?> atOnce) throws InterruptedException {
                    return server.stop(bound, atOnce);
                }
            });
        });
    }

    private HttpServerSettings settings() {
        ServerTls tls = tlsOptions.tls();
        ServedFiles served = servedFiles();
        try {
            return HttpServerSettings.DEFAULT
                    .withBodyBytesMax(bodyBytesMax)
                    .withIdleTimeout(listenOptions().idleTimeout())
                    .withHeaderTimeout(headerTimeout())
                    .withConnections(limitOptions().limits(files == null ? 1 : 2))
                    .withTls(tls)
                    .withFiles(served);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec().commandLine(), "--max-body " + bodyBytesMax + ": give 0 to 1073741824");
        }
    }

    private Duration headerTimeout() {
        if (headerTimeoutSeconds < 1 || headerTimeoutSeconds > 3600) {
            throw new ParameterException(
                    spec().commandLine(), "--header-timeout " + headerTimeoutSeconds + ": give 1 to 3600");
        }
        return Duration.ofSeconds(headerTimeoutSeconds);
    }

    private @Nullable ServedFiles servedFiles() {
        try {
            return files == null ? null : ServedFiles.of(files);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec().commandLine(), "--files: " + e.getMessage());
        }
    }
}
