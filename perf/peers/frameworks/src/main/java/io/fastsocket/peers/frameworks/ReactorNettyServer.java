package io.fastsocket.peers.frameworks;

import io.netty.channel.epoll.Epoll;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.concurrent.Callable;
import org.reactivestreams.Publisher;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

/** The program of a server on reactor-netty: its own loops on epoll, one that accepts and {@code --loops} that serve. */
@Command(name = "reactor-netty-server", description = "Serves HTTP on reactor-netty.")
public final class ReactorNettyServer implements Callable<Integer> {
    @Mixin
    private final ServerOptions options = new ServerOptions();

    private ReactorNettyServer() {}

    /** Runs until the process is ended. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new ReactorNettyServer()).execute(args));
    }

    @Override
    public Integer call() {
        Epoll.ensureAvailability();
        LoopResources loops = LoopResources.create("reactor", 1, options.loops, true);
        HttpDate date = new HttpDate(loops.onServer(true));
        DisposableServer server = HttpServer.create()
                .host(options.host)
                .port(options.port)
                .runOn(loops)
                .handle((request, response) -> answer(request, response, date))
                .bindNow();
        System.err.printf(
                "listening on %s:%d (reactor-netty %s epoll, 1 + %d loops)%n",
                options.host, server.port(), HttpServer.class.getPackage().getImplementationVersion(), options.loops);
        server.onDispose().block();
        return 0;
    }

    private static Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response, HttpDate date) {
        Answer answer = Answer.to(request.uri());
        return response.status(answer.status())
                .header(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
                .header(HttpHeaderNames.CONTENT_LENGTH, answer.contentLength())
                .header(HttpHeaderNames.DATE, date.now())
                .sendObject(answer.body());
    }
}
