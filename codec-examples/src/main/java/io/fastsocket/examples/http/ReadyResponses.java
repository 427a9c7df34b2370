package io.fastsocket.examples.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * The responses to {@code GET /} as bytes, made anew only when the second in their date changes. Used on one event loop.
 *
 * <p>The buffers lie outside the pool and are freed by the garbage collector, so an old one lives as long as a
 * connection still sends it and nobody has to release the newest when the loop ends.
 */
final class ReadyResponses {
    /** How the connection goes on after the response. */
    enum Next {
        /** HTTP/1.1 keeps a connection without a word. */
        KEEP(""),
        /** HTTP/1.0 keeps it only if the response says so. */
        KEEP_SAID("connection: keep-alive\r\n"),
        CLOSE("connection: close\r\n");

        private final String field;

        Next(String field) {
            this.field = field;
        }
    }

    // RFC 9110 5.6.7; the JDK's RFC_1123_DATE_TIME writes the day of the month with one digit where it has one.
    private static final DateTimeFormatter IMF_FIXDATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private final String text;
    private final InstantSource clock;
    private final Map<Next, ByteBuf> wholes = new EnumMap<>(Next.class);
    private long second = -1;
    private String date = "";

    ReadyResponses(String text, InstantSource clock) {
        this.text = text;
        this.clock = clock;
        refresh();
    }

    /** Status line, header fields and, unless it answers HEAD, the text. The caller releases it, as a write does. */
    ByteBuf text(Next next, boolean head) {
        refresh();
        ByteBuf whole = requireNonNull(wholes.get(next));
        return head ? whole.retainedSlice(0, whole.readableBytes() - text.length()) : whole.retainedDuplicate();
    }

    /** The value of a date field, right to the second. */
    String date() {
        refresh();
        return date;
    }

    private void refresh() {
        long now = Math.floorDiv(clock.millis(), 1000L);
        if (now == second) {
            return;
        }
        second = now;
        date = IMF_FIXDATE.format(clock.instant());
        for (Next next : Next.values()) {
            wholes.put(
                    next,
                    outsideThePool("HTTP/1.1 200 OK\r\n"
                            + "content-type: text/plain\r\n"
                            + "content-length: " + text.length() + "\r\n"
                            + "date: " + date + "\r\n"
                            + next.field
                            + "\r\n"
                            + text));
        }
    }

    private static ByteBuf outsideThePool(String ascii) {
        byte[] bytes = ascii.getBytes(US_ASCII);
        return Unpooled.wrappedBuffer(
                ByteBuffer.allocateDirect(bytes.length).put(bytes).flip());
    }
}
