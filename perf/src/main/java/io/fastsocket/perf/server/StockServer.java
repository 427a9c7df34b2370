package io.fastsocket.perf.server;

import io.fastsocket.examples.http.HttpServerInitializer;
import io.fastsocket.examples.http.HttpServerSettings;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The program of a stock server: Netty's own event loop group of one loop that accepts and one of {@code --loops} loops that
 * serve, one listener, every option at Netty's default, and the HTTP example's pipeline.
 */
@Command(name = "stock-server", description = "Serves HTTP on one of Netty's own transports.")
public final class StockServer implements Callable<Integer> {
    @Option(names = "--host", required = true)
    private String host = "";

    @Option(names = "--port", required = true)
    private int port;

    @Option(names = "--engine", required = true)
    private StockEngine engine = StockEngine.NIO;

    @Option(names = "--loops", required = true)
    private int loops;

    private StockServer() {}

    /** Runs until the process is ended. */
    public static void main(String[] args) {
        int exitCode = new CommandLine(new StockServer())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args);
        System.exit(exitCode);
    }

    @Override
    public Integer call() throws InterruptedException {
        engine.ensureAvailable();
        EventLoopGroup boss = engine.newGroup(1);
        EventLoopGroup workers = engine.newGroup(loops);
        Channel listener = new ServerBootstrap()
                .group(boss, workers)
                .channel(engine.channelClass())
                .childHandler(new HttpServerInitializer(HttpServerSettings.DEFAULT))
                .bind(new InetSocketAddress(host, port))
                .sync()
                .channel();
        InetSocketAddress bound = (InetSocketAddress) listener.localAddress();
        System.err.printf(
                "listening on %s:%d (stock %s, 1 + %d loops)%n",
                bound.getAddress().getHostAddress(), bound.getPort(), engine, loops);
        listener.closeFuture().sync();
        return 0;
    }
}
