package io.fastsocket.peers.frameworks;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.impl.VertxInternal;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * The program of a server on Vert.x: a verticle for each of {@code --loops} event loops on epoll, which share a port; one
 * more loop accepts.
 */
@Command(name = "vertx-server", description = "Serves HTTP on Vert.x.")
public final class VertxServer implements Callable<Integer> {
    @Mixin
    private final ServerOptions options = new ServerOptions();

    private VertxServer() {}

    /** Runs until the process is ended. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new VertxServer()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        // No files are served, and a cache directory would outlive the process.
        FileSystemOptions files =
                new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false);
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(options.loops)
                .setPreferNativeTransport(true)
                .setFileSystemOptions(files));
        if (!vertx.isNativeTransportEnabled()) {
            throw new IllegalStateException(
                    "Vert.x has no native transport here", vertx.unavailableNativeTransportCause());
        }
        HttpDate date = new HttpDate(((VertxInternal) vertx).getEventLoopGroup());
        CompletableFuture<Integer> port = new CompletableFuture<>();
        vertx.deployVerticle(() -> new Verticle(date, port), new DeploymentOptions().setInstances(options.loops))
                .toCompletionStage()
                .toCompletableFuture()
                .get();
        System.err.printf(
                "listening on %s:%d (vert.x %s epoll, 1 + %d loops)%n",
                options.host, port.get(), Vertx.class.getPackage().getImplementationVersion(), options.loops);
        new CountDownLatch(1).await();
        return 0;
    }

    private final class Verticle extends AbstractVerticle {
        private final HttpDate date;
        private final CompletableFuture<Integer> port;

        Verticle(HttpDate date, CompletableFuture<Integer> port) {
            this.date = date;
            this.port = port;
        }

        @Override
        public void start(Promise<Void> started) {
            // A negative port: one that the kernel chooses and all verticles share.
            HttpServerOptions http =
                    new HttpServerOptions().setHost(options.host).setPort(options.port == 0 ? -1 : options.port);
            vertx.createHttpServer(http)
                    .requestHandler(this::answer)
                    .listen()
                    .onSuccess(server -> port.complete(server.actualPort()))
                    .<Void>mapEmpty()
                    .onComplete(started);
        }

        @SuppressWarnings("deprecation") // the Buffer that stands for a ByteBuf and copies nothing
        private void answer(HttpServerRequest request) {
            Answer answer = Answer.to(request.uri());
            request.response()
                    .setStatusCode(answer.status())
                    .putHeader(HttpHeaders.CONTENT_TYPE, answer.contentType())
                    .putHeader(HttpHeaders.CONTENT_LENGTH, answer.contentLength())
                    .putHeader(HttpHeaders.DATE, date.now())
                    .end(Buffer.buffer(answer.body()));
        }
    }
}
