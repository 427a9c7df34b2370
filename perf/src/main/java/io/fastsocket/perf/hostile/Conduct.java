package io.fastsocket.perf.hostile;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/** How a peer sends its bytes and ends its connection. Drawn before anything is sent, so that timing changes nothing. */
final class Conduct {
    private enum Pace {
        AT_ONCE,
        IN_PARTS,
        DRIPPED
    }

    private enum End {
        /** Shuts its side, then reads to the end. */
        HALF_CLOSE,
        /** Reads for a while, then closes. */
        READ_THEN_CLOSE,
        /** Takes little of the answer, slowly, and resets while more is being written. */
        READ_SLOWLY_THEN_RESET,
        CLOSE,
        RESET
    }

    /** Longer than a loop needs to see what was sent so far. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final int PARTS_MAX = 8;
    private static final int DRIPS_MAX = 24;
    private static final int READ_MILLIS_MAX = 60;
    private static final int SLOW_READS = 6;

    private final byte[] bytes;
    private final Pace pace;
    private final End end;
    private final long partsSeed;

    /** Sends the payload, or only a part of it: a connection may end at every point. */
    Conduct(byte[] payload, RandomGenerator random) {
        int length = random.nextInt(3) == 0 ? random.nextInt(payload.length + 1) : payload.length;
        bytes = Arrays.copyOf(payload, length);
        pace = Payloads.oneOf(Pace.values(), random);
        end = Payloads.oneOf(End.values(), random);
        partsSeed = random.nextLong();
    }

    /** Does it, and closes the socket whatever happens. Answers how many bytes were sent. */
    long carryOut(Socket socket) {
        long sent = 0;
        try (socket) {
            sent = send(socket.getOutputStream());
            end(socket);
        } catch (IOException e) {
            // The server has ended it, which is its right.
        }
        return sent;
    }

    private long send(OutputStream out) throws IOException {
        int parts =
                switch (pace) {
                    case AT_ONCE -> 1;
                    case IN_PARTS -> PARTS_MAX;
                    case DRIPPED -> DRIPS_MAX;
                };
        var cuts = new SplittableRandom(partsSeed);
        int from = 0;
        for (int part = 1; part <= parts && from < bytes.length; part++) {
            int most = pace == Pace.DRIPPED ? 3 : bytes.length - from;
            int length = part == parts ? bytes.length - from : Math.min(cuts.nextInt(most + 1), bytes.length - from);
            out.write(bytes, from, length);
            from += length;
            if (parts > 1) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        return from;
    }

    private void end(Socket socket) throws IOException {
        switch (end) {
            case HALF_CLOSE -> {
                socket.shutdownOutput();
                readFor(socket);
            }
            case READ_THEN_CLOSE -> readFor(socket);
            case READ_SLOWLY_THEN_RESET -> {
                socket.setSoLinger(true, 0);
                for (int reads = 0; reads < SLOW_READS; reads++) {
                    socket.setSoTimeout(READ_MILLIS_MAX / SLOW_READS);
                    if (socket.getInputStream().read(new byte[64]) < 0) {
                        return;
                    }
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
            case CLOSE -> {}
            // With 0, close(2) sends RST (socket(7), SO_LINGER).
            case RESET -> socket.setSoLinger(true, 0);
        }
    }

    private static void readFor(Socket socket) throws IOException {
        socket.setSoTimeout(READ_MILLIS_MAX);
        byte[] sink = new byte[16 << 10];
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(READ_MILLIS_MAX);
        while (System.nanoTime() < deadlineNanos && socket.getInputStream().read(sink) >= 0) {
            // What it says does not matter.
        }
    }
}
