package io.fastsocket.transport.engine;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** What channels hear: the one byte that each is sent, and every failure. */
final class HeardBytes {
    static final int SENT = 7;

    private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();

    BlockingQueue<Object> queue() {
        return heard;
    }

    ChannelInboundHandlerAdapter handler() {
        return new Hears();
    }

    /** Sends to so many connections, as they come. */
    void sendToAccepted(ServerSocket server, int connections, List<AutoCloseable> toClose) {
        try {
            for (int i = 0; i < connections; i++) {
                Socket accepted = server.accept();
                toClose.add(accepted);
                accepted.getOutputStream().write(SENT);
            }
        } catch (IOException failed) {
            heard.add(failed);
        }
    }

    void sendDatagramTo(Channel bound) {
        try (DatagramSocket sender = new DatagramSocket()) {
            sender.send(new DatagramPacket(new byte[] {SENT}, 1, bound.localAddress()));
        } catch (IOException failed) {
            heard.add(failed);
        }
    }

    private final class Hears extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ByteBuf bytes =
                    msg instanceof io.netty.channel.socket.DatagramPacket datagram ? datagram.content() : (ByteBuf) msg;
            heard.add((int) bytes.readByte());
            ReferenceCountUtil.release(msg);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            heard.add(cause);
        }
    }
}
