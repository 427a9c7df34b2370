package io.fastsocket.examples.fault;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import java.nio.channels.ClosedChannelException;

/**
 * The last to hear of exceptions in a pipeline: counts the first one of a connection and closes it. Behind it Netty would
 * write a WARN for each, and there may be thousands for one connection: every write that a close leaves behind fails, and
 * one with a void promise says so by an exception.
 *
 * <p>Handlers before it do what they must and pass an exception on. Used on one event loop.
 */
public final class FaultHandler extends ChannelInboundHandlerAdapter {
    private static final String NAME = "fastsocket#faults";

    private final PeerFaults faults;
    private final Side side;
    private boolean told;

    private FaultHandler(PeerFaults faults, Side side) {
        this.faults = faults;
        this.side = side;
    }

    /** Puts one at the end of a pipeline. Call it last. */
    public static void addTo(ChannelPipeline pipeline, PeerFaults faults, Side side) {
        pipeline.addLast(NAME, new FaultHandler(faults, side));
    }

    /** Adds a handler to a pipeline that has its end already. */
    public static void addBefore(ChannelPipeline pipeline, ChannelHandler handler) {
        if (pipeline.context(NAME) == null) {
            // Emptied by the end of its connection.
            pipeline.addLast(handler);
        } else {
            pipeline.addBefore(NAME, null, handler);
        }
    }

    @Override
    @SuppressWarnings("deprecation") // of ChannelHandler, for handlers of outbound events
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Fault fault = Fault.of(cause);
        // What a closed channel says of writes that came too late is nobody's fault.
        if (!(cause instanceof ClosedChannelException) && (!told || fault == Fault.DEFECT)) {
            told = true;
            faults.add(side, fault, ctx.channel(), cause);
        }
        ctx.close();
    }
}
