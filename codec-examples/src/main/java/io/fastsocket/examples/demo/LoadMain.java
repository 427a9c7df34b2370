package io.fastsocket.examples.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fastsocket.examples.http.HttpServer;
import io.fastsocket.examples.http.HttpServerSettings;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * The process of the demo's clients, and of the origin behind the proxies: stock Netty on NIO, the same for all. Says the origin's
 * port, reads {@code MODE PORT MILLIS} lines, answers each with a {@link LoadSlice#toLine}, and ends with its input, so that it
 * never outlives the demo.
 */
final class LoadMain {
    private LoadMain() {}

    /**
     * Takes orders until they end.
     *
     * @param args the text that every answer ends with
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        Load load = new Load(args[0]);
        HttpServer origin = HttpServer.bind(
                new ServerBootstrap().group(new NioEventLoopGroup()).channel(NioServerSocketChannel.class),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                HttpServerSettings.DEFAULT);
        System.out.println(((InetSocketAddress) origin.address()).getPort());
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            String[] parts = order.split(" ", -1);
            InetSocketAddress server =
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(parts[1]));
            LoadSlice slice = load.run(server, LoadMode.valueOf(parts[0]), Long.parseLong(parts[2]));
            System.out.println(slice.toLine());
        }
        // Whatever its loops still wait for.
        System.exit(0);
    }
}
