package io.fastsocket.examples.metrics;

import io.fastsocket.examples.connections.ReadTurn;
import io.fastsocket.examples.fault.FaultHandler;
import io.fastsocket.examples.fault.PeerFaults;
import io.fastsocket.examples.fault.Side;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.compression.StandardCompressionOptions;
import io.netty.handler.codec.http.HttpContentCompressor;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpServerCodec;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes a connection speak HTTP/1.1 with small requests, compressed answers and a timeout. */
final class MetricsInitializer extends ChannelInitializer<SocketChannel> {
    private static final int LINE_BYTES_MAX = 4096;
    private static final int HEADER_BYTES_MAX = 8192;
    private static final int BODY_BYTES_MAX = 1024;
    /** Smaller answers are sent as they are. */
    private static final int COMPRESSED_BYTES_MIN = 1024;

    private final PrometheusMeterRegistry registry;
    private final LoopsReport report;
    private final LiveStream live;
    private final Health health;
    private final Readiness readiness;
    private final PeerFaults faults;
    private final Map<String, PageFile> files = PageFile.all();
    private final AllowedHosts hosts;
    private final MetricsConnections connections;
    private final SpareDescriptors spare;

    MetricsInitializer(
            PrometheusMeterRegistry registry,
            LoopsReport report,
            LiveStream live,
            Health health,
            Readiness readiness,
            AllowedHosts hosts,
            MetricsConnections connections,
            SpareDescriptors spare,
            PeerFaults faults) {
        this.registry = registry;
        this.report = report;
        this.live = live;
        this.health = health;
        this.readiness = readiness;
        this.hosts = hosts;
        this.connections = connections;
        this.spare = spare;
        this.faults = faults;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
        connections.add(channel);
        ReadTurn.bound(channel);
        channel.pipeline()
                .addLast(
                        new ProbeDeadline(),
                        new HttpServerCodec(new HttpDecoderConfig()
                                .setMaxInitialLineLength(LINE_BYTES_MAX)
                                .setMaxHeaderSize(HEADER_BYTES_MAX)),
                        new Compressor(),
                        new HttpObjectAggregator(BODY_BYTES_MAX),
                        new MetricsHandler(
                                registry, report, live, health, readiness, files, hosts, connections, spare));
        FaultHandler.addTo(channel.pipeline(), faults, Side.METRICS);
    }

    /** Compresses whole answers; a stream of events would wait in its buffer. */
    private static final class Compressor extends HttpContentCompressor {
        Compressor() {
            super(COMPRESSED_BYTES_MIN, StandardCompressionOptions.gzip());
        }

        @Override
        protected @Nullable Result beginEncode(HttpResponse response, String acceptEncoding) throws Exception {
            boolean stream =
                    MetricsHandler.EVENT_STREAM.equals(response.headers().get(HttpHeaderNames.CONTENT_TYPE));
            return stream ? null : super.beginEncode(response, acceptEncoding);
        }
    }
}
