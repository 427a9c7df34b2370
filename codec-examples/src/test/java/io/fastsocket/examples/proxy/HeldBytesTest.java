package io.fastsocket.examples.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.TooLongFrameException;
import org.junit.jupiter.api.Test;

/** What a decoder holds behind a request for another protocol is bounded. */
@SuppressWarnings("StringConcatToTextBlock") // text blocks end lines with LF alone, HTTP does not
final class HeldBytesTest {
    private final CountsReads reads = new CountsReads();
    private final EmbeddedChannel channel = new EmbeddedChannel(reads, new StrictRequestDecoder(8192, 8192));

    private void begin() {
        channel.config().setAutoRead(false);
        channel.writeInbound(Unpooled.copiedBuffer(
                "GET / HTTP/1.1\r\nHost: test\r\nConnection: upgrade\r\nUpgrade: foo\r\n\r\nheld", US_ASCII));
        reads.count = 0;
    }

    @Test
    void asksForNoMoreWhileItHolds() {
        begin();
        channel.writeInbound(Unpooled.copiedBuffer("more", US_ASCII));
        assertThat(reads.count).isZero();
        channel.finishAndReleaseAll();
    }

    @Test
    void refusesToHoldMoreThanItMay() {
        begin();
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[HeldBytes.BYTES_MAX - 4]));
        assertThatThrownBy(() -> channel.writeInbound(Unpooled.wrappedBuffer(new byte[1])))
                .isInstanceOf(TooLongFrameException.class)
                .hasMessage("behind a request for another protocol: bytes=262145 (expected at most 262144 before it is"
                        + " answered)");
        channel.finishAndReleaseAll();
    }

    private static final class CountsReads extends ChannelOutboundHandlerAdapter {
        private int count;

        @Override
        public void read(ChannelHandlerContext ctx) {
            count++;
            ctx.read();
        }
    }
}
