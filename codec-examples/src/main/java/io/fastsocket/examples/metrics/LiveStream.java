package io.fastsocket.examples.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What changes, sent every second to every live page that is open, as server-sent events. Used on one loop, but for {@link #start}.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">HTML, server-sent events</a>
 */
final class LiveStream {
    private static final InternalLogger logger = InternalLoggerFactory.getInstance(LiveStream.class);

    /** More pages than people would look at. */
    private static final int PAGES_MAX = 32;

    private static final int TICKS_PER_QUEUE_LOOK = 60;
    private static final String RECONNECT = "retry: 1000\n";

    private final EventLoop loop;
    private final LoopsReport report;
    private final History history;
    private final Set<ChannelHandlerContext> pages = new LinkedHashSet<>();
    private int ticks;

    LiveStream(EventLoop loop, LoopsReport report, History history) {
        this.loop = loop;
        this.report = report;
        this.history = history;
    }

    void start() {
        loop.scheduleAtFixedRate(this::tick, 0, 1, TimeUnit.SECONDS);
    }

    boolean isFull() {
        return pages.size() >= PAGES_MAX;
    }

    /** Sends what has been and then what comes, until the channel closes. Its response has begun. */
    void open(ChannelHandlerContext page) {
        pages.add(page);
        page.channel().closeFuture().addListener(closed -> pages.remove(page));
        send(page, Unpooled.copiedBuffer(RECONNECT + event("history", history.json()), UTF_8));
        send(page, Unpooled.copiedBuffer(event("loops", report.json()), UTF_8));
    }

    private void tick() {
        try {
            if (ticks++ % TICKS_PER_QUEUE_LOOK == 0) {
                // Asks drivers, which may take its time.
                GlobalEventExecutor.INSTANCE.execute(report::readQueues);
            }
            history.sample();
            if (!pages.isEmpty()) {
                byte[] event = event("loops", report.json()).getBytes(UTF_8);
                // A copy: a page whose send fails closes, and removes itself.
                for (ChannelHandlerContext page : List.copyOf(pages)) {
                    // One that does not keep up misses some.
                    if (page.channel().isWritable()) {
                        send(page, Unpooled.wrappedBuffer(event));
                    }
                }
            }
        } catch (RuntimeException unforeseen) {
            // Thrown on, it would end the ticks for good.
            logger.warn("The live page misses a second; fix: report this", unforeseen);
        }
    }

    private static String event(String name, String json) {
        return "event: " + name + "\ndata: " + json + "\n\n";
    }

    private static void send(ChannelHandlerContext page, ByteBuf event) {
        page.writeAndFlush(new DefaultHttpContent(event), page.voidPromise());
    }
}
