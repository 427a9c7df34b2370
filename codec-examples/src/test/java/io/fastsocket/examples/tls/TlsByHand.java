package io.fastsocket.examples.tls;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;

/** A client that says what it likes in the midst of a session. */
public final class TlsByHand implements Closeable {
    private final Socket socket;
    private final SSLEngine engine;
    private final ByteBuffer received = ByteBuffer.allocate(64 << 10).flip();
    private final ByteBuffer data = ByteBuffer.allocate(64 << 10);

    /** Connected to loopback; nothing is said yet. */
    public TlsByHand(int port, String version) throws Exception {
        SSLContext context = TlsClient.context();
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(10_000);
        engine = context.createSSLEngine("localhost", port);
        engine.setUseClientMode(true);
        engine.setEnabledProtocols(new String[] {version});
    }

    /** Says the next record, with nothing in it but what the engine wants to say. */
    public void say() throws IOException {
        ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), record);
        say(record.array(), record.position());
    }

    /** Says bytes as they are. */
    public void say(byte[] bytes, int length) throws IOException {
        socket.getOutputStream().write(bytes, 0, length);
    }

    /** Does the whole handshake. */
    public TlsByHand shakeHands() throws IOException {
        engine.beginHandshake();
        while (true) {
            HandshakeStatus status = engine.getHandshakeStatus();
            switch (status) {
                case NEED_WRAP -> say();
                case NEED_TASK -> engine.getDelegatedTask().run();
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> hear();
                default -> {
                    return this;
                }
            }
        }
    }

    private void hear() throws IOException {
        if (engine.unwrap(received, data).getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
            received.compact();
            int read = socket.getInputStream().read(received.array(), received.position(), received.remaining());
            if (read < 0) {
                throw new EOFException("the server has ended the connection within the handshake");
            }
            received.position(received.position() + read).flip();
        }
    }

    /** Ends its side of the session, and not of the connection. */
    public void sayTheEnd() throws IOException {
        engine.closeOutbound();
        say();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
