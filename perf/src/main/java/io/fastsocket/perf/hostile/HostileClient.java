package io.fastsocket.perf.hostile;

import java.io.IOException;
import java.net.Socket;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One thread of hostile connections to one target, one after the other. */
final class HostileClient implements Runnable {
    /** So that the machine's ports last, and others on it get their turn. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private static final int BURST = 20;

    private final Target target;
    private final Sockets sockets;
    private final SplittableRandom random;
    private final long deadlineNanos;
    private long connections;
    private long bytes;

    HostileClient(Target target, Sockets sockets, long seed, long deadlineNanos) {
        this.target = target;
        this.sockets = sockets;
        this.random = new SplittableRandom(seed);
        this.deadlineNanos = deadlineNanos;
    }

    @Override
    public void run() {
        while (System.nanoTime() < deadlineNanos) {
            try {
                connectOnce();
            } catch (IOException e) {
                // The server refuses, or has no room for more.
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void connectOnce() throws IOException {
        // All that is random is drawn here, in the same order whatever the server does.
        SplittableRandom own = random.split();
        String source = "127.0." + (1 + own.nextInt(3)) + "." + (1 + own.nextInt(250));
        int kind = own.nextInt(40);
        if (kind == 0) {
            for (int i = 0; i < BURST; i++) {
                // Reset before it is accepted, most of them.
                Socket socket = sockets.connect(target.address(), source);
                socket.setSoLinger(true, 0);
                socket.close();
                connections++;
            }
        } else if (target.tls() && kind < 16) {
            connections++;
            TlsConduct.carryOut(sockets.connect(target.address(), source), target.payloads(), own);
        } else {
            Conduct conduct = new Conduct(target.payloads().next(own), own);
            connections++;
            bytes += conduct.carryOut(sockets.connect(target.address(), source));
        }
    }

    /** That it made; asked when its thread has ended. */
    long connections() {
        return connections;
    }

    /** That it sent; asked when its thread has ended. */
    long bytes() {
        return bytes;
    }
}
