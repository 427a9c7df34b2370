package io.fastsocket.perf.server;

import static java.util.Objects.requireNonNull;

import io.fastsocket.peers.stock.RoleOptions;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The program of a stock server: the HTTP example's pipeline or a plain reverse proxy, every option at Netty's default, and
 * either one listener on a loop of its own, or with {@code --reuseport} one listener on each loop, whose connections stay
 * there.
 */
@Command(name = "stock-server", description = "Serves HTTP, or passes it on, on one of Netty's own transports.")
public final class StockServer implements Callable<Integer> {
    @Option(names = "--host", required = true)
    private String host = "";

    @Option(names = "--port", required = true)
    private int port;

    @Option(names = "--engine", required = true)
    private StockEngine engine = StockEngine.NIO;

    @Option(names = "--loops", required = true)
    private int loops;

    @Option(names = "--reuseport")
    private boolean reusePort;

    @Mixin
    private RoleOptions role = new RoleOptions();

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
        ChannelHandler initializer = role.newInitializer(engine.clientChannelClass());
        Channel listener = reusePort ? bindOnEachLoop(initializer) : bindOnce(initializer);
        InetSocketAddress bound = (InetSocketAddress) listener.localAddress();
        System.err.printf(
                "listening on %s:%d (stock %s, %s)%n",
                bound.getAddress().getHostAddress(),
                bound.getPort(),
                engine,
                reusePort ? loops + " loops, a listener each" : "1 + " + loops + " loops");
        listener.closeFuture().sync();
        return 0;
    }

    private Channel bindOnce(ChannelHandler initializer) throws InterruptedException {
        return bind(
                new ServerBootstrap().group(engine.newGroup(1), engine.newGroup(loops)),
                new InetSocketAddress(host, port),
                initializer);
    }

    private Channel bindOnEachLoop(ChannelHandler initializer) throws InterruptedException {
        SocketAddress address = new InetSocketAddress(host, port);
        Channel last = null;
        for (EventExecutor loop : engine.newGroup(loops)) {
            ServerBootstrap bootstrap =
                    new ServerBootstrap().group((EventLoopGroup) loop).option(engine.reusePort(), true);
            last = bind(bootstrap, address, initializer);
            // Port 0 is for the first of them: the others join its port.
            address = last.localAddress();
        }
        return requireNonNull(last, "at least one loop");
    }

    private Channel bind(ServerBootstrap bootstrap, SocketAddress address, ChannelHandler initializer)
            throws InterruptedException {
        return bootstrap
                .channel(engine.channelClass())
                .childHandler(initializer)
                .bind(address)
                .sync()
                .channel();
    }
}
