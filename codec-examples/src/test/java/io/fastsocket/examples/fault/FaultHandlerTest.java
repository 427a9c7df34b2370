package io.fastsocket.examples.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class FaultHandlerTest {
    private long nanos;
    private final PeerFaults faults = new PeerFaults(() -> nanos);

    private EmbeddedChannel channel() {
        EmbeddedChannel channel = new EmbeddedChannel();
        FaultHandler.addTo(channel.pipeline(), faults, Side.UPSTREAM);
        return channel;
    }

    @Test
    void anExceptionIsCountedAndClosesItsConnectionAndGoesNoFurther() {
        EmbeddedChannel channel = channel();

        channel.pipeline().fireExceptionCaught(new DecoderException("bad"));
        // Throws what has come to the end of the pipeline.
        channel.checkException();

        assertThat(faults.count(Side.UPSTREAM, Fault.UNREADABLE)).isEqualTo(1);
        assertThat(faults.count(Side.CLIENT, Fault.UNREADABLE)).isZero();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void writesThatComeTooLateAreNobodysFault() {
        EmbeddedChannel channel = channel();

        channel.pipeline().fireExceptionCaught(new ClosedChannelException());

        for (Fault fault : Fault.values()) {
            assertThat(faults.count(Side.UPSTREAM, fault))
                    .describedAs("%s", fault)
                    .isZero();
        }
    }

    @Test
    void ofDefectsThereIsOneWarnAMinuteAndAllAreCounted() {
        try (CapturedLog log = new CapturedLog()) {
            for (int i = 0; i < 100; i++) {
                channel().pipeline().fireExceptionCaught(new NullPointerException("byteBuf"));
            }
            assertThat(log.lines()).hasSize(1).first().asString().contains("0 more since", "fix: report this");

            nanos += TimeUnit.SECONDS.toNanos(60);
            channel().pipeline().fireExceptionCaught(new NullPointerException("byteBuf"));

            assertThat(log.lines()).hasSize(2).last().asString().contains("99 more since");
            assertThat(faults.count(Side.UPSTREAM, Fault.DEFECT)).isEqualTo(101);
        }
    }

    @Test
    void aHandlerAddedLaterHearsOfExceptionsBefore() {
        EmbeddedChannel channel = channel();
        StringBuilder heard = new StringBuilder();

        FaultHandler.addBefore(channel.pipeline(), new ChannelInboundHandlerAdapter() {
            @Override
            @SuppressWarnings("deprecation")
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                heard.append(cause.getMessage());
                ctx.fireExceptionCaught(cause);
            }
        });
        channel.pipeline().fireExceptionCaught(new DecoderException("bad"));

        assertThat(heard).hasToString("bad");
        assertThat(faults.count(Side.UPSTREAM, Fault.UNREADABLE)).isEqualTo(1);
    }
}
