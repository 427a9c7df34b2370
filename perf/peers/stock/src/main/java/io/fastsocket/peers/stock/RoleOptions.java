package io.fastsocket.peers.stock;

import io.fastsocket.examples.http.HttpServerInitializer;
import io.fastsocket.examples.http.HttpServerSettings;
import io.fastsocket.examples.http.ServedFiles;
import io.fastsocket.examples.tls.ServerTls;
import io.fastsocket.examples.tls.ServerTls.Certificate;
import io.netty.channel.ChannelHandler;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/**
 * The options that say what a server is: an HTTP server, with a directory of files too, with a certificate over TLS, or a
 * reverse proxy to one origin.
 */
public final class RoleOptions {
    @ArgGroup
    private @Nullable OneRole role;

    @Option(names = "--files")
    private @Nullable Path files;

    /** For picocli, which sets what was given. */
    public RoleOptions() {}

    /**
     * What makes an accepted connection one of the server's.
     *
     * @param channelClass of a proxy's connections to the origin
     * @throws IllegalArgumentException if the certificate or the directory of files cannot be read
     */
    public ChannelHandler newInitializer(Class<? extends SocketChannel> channelClass) {
        if (role != null && role.proxy != null) {
            URI origin = role.proxy.origin;
            return new PlainProxy(
                    new InetSocketAddress(origin.getHost(), origin.getPort()), channelClass, !role.proxy.noPool);
        }
        ServerTls tls = role == null || role.tls == null
                ? null
                : ServerTls.of(List.of(new Certificate("", role.tls.certificate, role.tls.key)));
        return new HttpServerInitializer(
                HttpServerSettings.DEFAULT.withTls(tls).withFiles(files == null ? null : ServedFiles.of(files)));
    }

    private static final class OneRole {
        @ArgGroup(exclusive = false)
        private @Nullable Tls tls;

        @ArgGroup(exclusive = false)
        private @Nullable Proxy proxy;
    }

    @SuppressWarnings("NullAway.Init") // required options
    private static final class Tls {
        @Option(names = "--tls-cert", required = true)
        private Path certificate;

        @Option(names = "--tls-key", required = true)
        private Path key;
    }

    @SuppressWarnings("NullAway.Init") // required options
    private static final class Proxy {
        @Option(names = "--origin", required = true)
        private URI origin;

        @Option(names = "--no-pool")
        private boolean noPool;
    }
}
