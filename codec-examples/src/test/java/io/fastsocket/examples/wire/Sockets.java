package io.fastsocket.examples.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The connections on both sides of a proxy, moved by the one thread that waits for them. */
final class Sockets implements AutoCloseable {
    private final Selector selector = Selector.open();
    private final InetSocketAddress proxy;
    private final List<ServerSocketChannel> listeners;
    private final Duration patience;
    private final List<Endpoint> clients = new ArrayList<>();
    private final List<Endpoint> origins = new ArrayList<>();

    Sockets(InetSocketAddress proxy, List<ServerSocketChannel> listeners, Duration patience) throws IOException {
        this.proxy = proxy;
        this.listeners = listeners;
        this.patience = patience;
        for (ServerSocketChannel listener : listeners) {
            listener.configureBlocking(false);
            listener.register(selector, SelectionKey.OP_ACCEPT);
        }
    }

    Endpoint connect() throws IOException {
        Endpoint client = new Endpoint(SocketChannel.open(proxy), selector);
        clients.add(client);
        return client;
    }

    /** Those that connected, in their order. */
    List<Endpoint> clients() {
        return clients;
    }

    /** Those that an origin accepted, in their order. */
    List<Endpoint> origins() {
        return origins;
    }

    /** @throws Unmet with this text if it does not happen */
    void await(BooleanSupplier happened, String otherwise) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!happened.getAsBoolean()) {
            long leftMillis = (deadline - System.nanoTime()) / 1_000_000;
            if (leftMillis <= 0) {
                throw new Unmet(otherwise);
            }
            selector.select(leftMillis);
            move();
        }
    }

    /** Takes what has come, waiting for nothing. */
    void pump() throws IOException {
        selector.selectNow();
        move();
    }

    private void move() throws IOException {
        for (SelectionKey key : selector.selectedKeys()) {
            if (!key.isValid()) {
                continue;
            }
            if (key.channel() instanceof ServerSocketChannel listener) {
                accept(listener);
            } else if (key.attachment() instanceof Endpoint at) {
                at.ready();
            }
        }
        selector.selectedKeys().clear();
    }

    private void accept(ServerSocketChannel listener) throws IOException {
        for (SocketChannel next = listener.accept(); next != null; next = listener.accept()) {
            origins.add(new Endpoint(next, selector));
        }
    }

    @Override
    public void close() throws IOException {
        for (Endpoint at : clients) {
            at.close();
        }
        for (Endpoint at : origins) {
            at.close();
        }
        for (ServerSocketChannel listener : listeners) {
            listener.close();
        }
        selector.close();
    }
}
