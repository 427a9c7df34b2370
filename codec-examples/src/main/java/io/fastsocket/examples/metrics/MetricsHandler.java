package io.fastsocket.examples.metrics;

import static io.netty.handler.codec.http.HttpVersion.HTTP_1_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.fastsocket.examples.http.UnreadableRequest;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;

/** Answers the requests of one connection. */
final class MetricsHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    static final String EVENT_STREAM = "text/event-stream";
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String JSON = "application/json";
    private static final String OPEN_METRICS = "application/openmetrics-text";
    private static final String OPEN_METRICS_TYPE = OPEN_METRICS + "; version=1.0.0; charset=utf-8";
    private static final String PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";
    private static final List<String> PATHS = List.of("/", "/metrics", "/healthz", "/readyz", "/loops", "/events");

    private final PrometheusMeterRegistry registry;
    private final LoopsReport report;
    private final LiveStream live;
    private final Health health;
    private final Readiness readiness;
    private final Map<String, PageFile> files;
    private final AllowedHosts hosts;
    private final MetricsConnections connections;
    private final SpareDescriptors spare;
    private boolean streaming;

    MetricsHandler(
            PrometheusMeterRegistry registry,
            LoopsReport report,
            LiveStream live,
            Health health,
            Readiness readiness,
            Map<String, PageFile> files,
            AllowedHosts hosts,
            MetricsConnections connections,
            SpareDescriptors spare) {
        this.registry = registry;
        this.report = report;
        this.live = live;
        this.health = health;
        this.readiness = readiness;
        this.files = files;
        this.hosts = hosts;
        this.connections = connections;
        this.spare = spare;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) throws IOException {
        ProbeDeadline deadline = ctx.pipeline().get(ProbeDeadline.class);
        if (deadline != null) {
            deadline.answered();
        }
        connections.used(ctx.channel());
        if (!spare.isWhole()) {
            // Somebody else needs the descriptor, the next probe at the latest.
            HttpUtil.setKeepAlive(request, false);
        }
        if (streaming) {
            // The response never ends, so there is no answer to another request.
            ctx.close();
        } else if (request.decoderResult().isFailure()) {
            HttpUtil.setKeepAlive(request, false);
            send(
                    ctx,
                    request,
                    UnreadableRequest.statusOf(request.decoderResult().cause()),
                    TEXT,
                    text("the request cannot be read\n"));
        } else if (request.protocolVersion().equals(HTTP_1_1)
                && !request.headers().contains(HttpHeaderNames.HOST)) {
            refuseHost(ctx, request, HttpResponseStatus.BAD_REQUEST, "a request of HTTP/1.1 needs a host field\n");
        } else if (!isHostAllowed(ctx, request)) {
            refuseHost(
                    ctx,
                    request,
                    HttpResponseStatus.MISDIRECTED_REQUEST,
                    "this endpoint does not go by that name; ask for localhost or the address, or name it with"
                            + " --metrics-allowed-hosts\n");
        } else {
            answer(ctx, request);
        }
    }

    private boolean isHostAllowed(ChannelHandlerContext ctx, FullHttpRequest request) {
        List<String> fields = request.headers().getAll(HttpHeaderNames.HOST);
        InetSocketAddress local = (InetSocketAddress) ctx.channel().localAddress();
        return fields.isEmpty() || (fields.size() == 1 && hosts.allow(fields.get(0), local));
    }

    private void refuseHost(ChannelHandlerContext ctx, FullHttpRequest request, HttpResponseStatus status, String why) {
        HttpUtil.setKeepAlive(request, false);
        send(ctx, request, status, TEXT, text(why));
    }

    private void answer(ChannelHandlerContext ctx, FullHttpRequest request) throws IOException {
        String path = request.uri().split("\\?", 2)[0];
        PageFile file = files.get(path);
        if (file == null && !PATHS.contains(path)) {
            send(
                    ctx,
                    request,
                    HttpResponseStatus.NOT_FOUND,
                    TEXT,
                    text("there is: " + String.join(", ", PATHS) + "\n"));
            return;
        }
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            FullHttpResponse response =
                    response(request, HttpResponseStatus.METHOD_NOT_ALLOWED, TEXT, text("allowed: GET, HEAD\n"));
            response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
            send(ctx, request, response);
            return;
        }
        if (file != null) {
            file(ctx, request, file);
            return;
        }
        switch (path) {
            case "/metrics" -> metrics(ctx, request);
            case "/healthz" -> health(ctx, request);
            case "/readyz" ->
                send(
                        ctx,
                        request,
                        readiness.isReady() ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE,
                        TEXT,
                        text(readiness + "\n"));
            case "/loops" -> send(ctx, request, HttpResponseStatus.OK, JSON, text(report.json() + "\n"));
            case "/events" -> events(ctx, request);
            default -> throw new IllegalStateException("no answer to " + path);
        }
    }

    private void metrics(ChannelHandlerContext ctx, FullHttpRequest request) throws IOException {
        String accept = request.headers().get(HttpHeaderNames.ACCEPT, "");
        boolean openMetrics = accept.contains(OPEN_METRICS);
        ByteBuf page = ctx.alloc().buffer();
        try (ByteBufOutputStream out = new ByteBufOutputStream(page)) {
            registry.scrape(out, openMetrics ? OPEN_METRICS : "text/plain");
        } catch (IOException | RuntimeException failed) {
            page.release();
            throw failed;
        }
        send(ctx, request, HttpResponseStatus.OK, openMetrics ? OPEN_METRICS_TYPE : PROMETHEUS_TYPE, page);
    }

    private void health(ChannelHandlerContext ctx, FullHttpRequest request) {
        List<String> problems = health.problems();
        if (problems.isEmpty()) {
            send(ctx, request, HttpResponseStatus.OK, TEXT, text("ok\n"));
        } else {
            ByteBuf lines = text(String.join("\n", problems) + "\n");
            send(ctx, request, HttpResponseStatus.SERVICE_UNAVAILABLE, TEXT, lines);
        }
    }

    private void events(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (live.isFull()) {
            send(ctx, request, HttpResponseStatus.SERVICE_UNAVAILABLE, TEXT, text("too many pages are open\n"));
            return;
        }
        HttpResponse response = new DefaultHttpResponse(HTTP_1_1, HttpResponseStatus.OK);
        fields(response, EVENT_STREAM);
        if (request.protocolVersion().equals(HTTP_1_1)) {
            HttpUtil.setTransferEncodingChunked(response, true);
        } else {
            HttpUtil.setKeepAlive(response, false);
        }
        if (request.method().equals(HttpMethod.HEAD)) {
            ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        streaming = true;
        // A page only listens.
        ctx.pipeline().remove(ProbeDeadline.class);
        ctx.write(response, ctx.voidPromise());
        live.open(ctx);
    }

    private void file(ChannelHandlerContext ctx, FullHttpRequest request, PageFile file) {
        boolean known = file.tag().equals(request.headers().get(HttpHeaderNames.IF_NONE_MATCH));
        FullHttpResponse response = known
                ? response(request, HttpResponseStatus.NOT_MODIFIED, file.contentType(), Unpooled.EMPTY_BUFFER)
                : response(request, HttpResponseStatus.OK, file.contentType(), Unpooled.wrappedBuffer(file.content()));
        response.headers().set(HttpHeaderNames.ETAG, file.tag()).set(HttpHeaderNames.CACHE_CONTROL, "no-cache");
        send(ctx, request, response);
    }

    private static ByteBuf text(String text) {
        return Unpooled.wrappedBuffer(text.getBytes(UTF_8));
    }

    // ---- write

    private static FullHttpResponse response(
            FullHttpRequest request, HttpResponseStatus status, String contentType, ByteBuf content) {
        FullHttpResponse response = new DefaultFullHttpResponse(HTTP_1_1, status, content);
        fields(response, contentType);
        HttpUtil.setContentLength(response, content.readableBytes());
        HttpUtil.setKeepAlive(response.headers(), request.protocolVersion(), HttpUtil.isKeepAlive(request));
        return response;
    }

    private static void fields(HttpResponse response, String contentType) {
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, contentType)
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
                .set("content-security-policy", "default-src 'self'; frame-ancestors 'none'")
                .set("x-content-type-options", "nosniff")
                .set("referrer-policy", "no-referrer");
    }

    private void send(
            ChannelHandlerContext ctx,
            FullHttpRequest request,
            HttpResponseStatus status,
            String contentType,
            ByteBuf content) {
        send(ctx, request, response(request, status, contentType, content));
    }

    private void send(ChannelHandlerContext ctx, FullHttpRequest request, FullHttpResponse response) {
        boolean keep = HttpUtil.isKeepAlive(request);
        ChannelFuture written = ctx.writeAndFlush(response);
        written.addListener(done -> connections.idle(ctx.channel()));
        if (!keep) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }
}
