package io.fastsocket.examples.proxy;

import io.fastsocket.examples.upstream.Upstream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** An upstream whose connections the test serves itself. */
final class ScriptedUpstream implements AutoCloseable {
    private final ServerSocket listener;
    private final List<Wire> accepted = new ArrayList<>();

    ScriptedUpstream() throws IOException {
        listener = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        listener.setSoTimeout(Wire.READ_TIMEOUT_MILLIS);
    }

    Upstream upstream() {
        return new Upstream("127.0.0.1", listener.getLocalPort());
    }

    Wire accept() throws IOException {
        Wire wire = new Wire(listener.accept());
        accepted.add(wire);
        return wire;
    }

    /** Whether nobody connects for a moment. */
    boolean isLeftAloneFor(int millis) throws IOException {
        listener.setSoTimeout(millis);
        try (Socket unexpected = listener.accept()) {
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        } finally {
            listener.setSoTimeout(Wire.READ_TIMEOUT_MILLIS);
        }
    }

    @Override
    public void close() throws IOException {
        for (Wire wire : accepted) {
            wire.close();
        }
        listener.close();
    }
}
