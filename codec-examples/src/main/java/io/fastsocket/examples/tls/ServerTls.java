package io.fastsocket.examples.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.DomainWildcardMappingBuilder;
import io.netty.util.Mapping;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/** The certificates that clients are shown, by the name they ask for. Read once, by {@link #of}; safe for any thread. */
public final class ServerTls {
    /** More than any client sends; Netty would take 16 MiB. */
    private static final int CLIENT_HELLO_BYTES_MAX = 64 << 10;

    /** For the client's first message; Netty gives the rest of the handshake as long again. */
    private static final long HANDSHAKE_MILLIS_MAX = TimeUnit.SECONDS.toMillis(10);

    private final Mapping<String, SslContext> contexts;

    private ServerTls(Mapping<String, SslContext> contexts) {
        this.contexts = contexts;
    }

    /**
     * A certificate with its chain and its key, in PEM.
     *
     * @param host the name that asks for it, {@code *.example.com} for all names one label below; empty: any
     */
    public record Certificate(String host, Path chain, Path key) {
        /**
         * Reads {@code host=chain.pem:key.pem}.
         *
         * @throws IllegalArgumentException if the text is of another form
         */
        public static Certificate parse(String text) {
            int equals = text.indexOf('=');
            int colon = text.indexOf(':', equals + 1);
            if (equals < 1 || colon < equals + 2 || colon == text.length() - 1) {
                throw new IllegalArgumentException("certificate: \"" + text + "\" (expected: host=chain.pem:key.pem)");
            }
            return new Certificate(
                    text.substring(0, equals),
                    Path.of(text.substring(equals + 1, colon)),
                    Path.of(text.substring(colon + 1)));
        }
    }

    /**
     * Reads the files.
     *
     * @param certificates one or more; a name that has none of its own, or no name, gets the first
     * @throws IllegalArgumentException if a file cannot be read or is not what it should be
     */
    public static ServerTls of(List<Certificate> certificates) {
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException("certificates: none (expected: one or more)");
        }
        DomainWildcardMappingBuilder<SslContext> byName =
                new DomainWildcardMappingBuilder<>(context(certificates.get(0)));
        for (Certificate certificate : certificates) {
            if (!certificate.host().isEmpty()) {
                byName.add(certificate.host(), context(certificate));
            }
        }
        return new ServerTls(byName.build());
    }

    private static SslContext context(Certificate certificate) {
        require(certificate.chain(), "chain");
        require(certificate.key(), "key");
        try {
            return SslContextBuilder.forServer(
                            certificate.chain().toFile(), certificate.key().toFile())
                    .sslProvider(SslProvider.JDK)
                    .build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "certificate: chain=" + certificate.chain() + " key=" + certificate.key()
                            + " (expected: PEM, the key in PKCS#8 without a password): " + e.getMessage()
                            + "; fix: convert the key with openssl pkcs8 -topk8 -nocrypt",
                    e);
        }
    }

    private static void require(Path file, String what) {
        if (!Files.isReadable(file)) {
            throw new IllegalArgumentException("certificate: " + what + "=" + file
                    + " (expected: a PEM file): it cannot be read; fix: name another or permit reading");
        }
    }

    /** For the front of the pipeline of one connection. */
    public ChannelHandler newHandler() {
        return new SniHandler(contexts, CLIENT_HELLO_BYTES_MAX, HANDSHAKE_MILLIS_MAX) {
            @Override
            protected SslHandler newSslHandler(SslContext context, ByteBufAllocator allocator) {
                return new ServerTlsHandler(context.newEngine(allocator));
            }
        };
    }
}
