package io.fastsocket.transport.kernel;

import java.util.concurrent.atomic.AtomicInteger;

/** A descriptor of a map, a program or a link. What it names lives until the last descriptor and user of it are gone. */
final class BpfFd implements AutoCloseable {
    private static final int CLOSED = -1;

    private final AtomicInteger number;

    BpfFd(int number) {
        this.number = new AtomicInteger(number);
    }

    int number() {
        int open = number.get();
        if (open == CLOSED) {
            throw new IllegalStateException(
                    "cannot use a BPF descriptor: state=closed (expected open): it was closed before; fix: keep it open"
                            + " while it is used");
        }
        return open;
    }

    /** Once; a number that was closed may be somebody else's already. */
    @Override
    public void close() {
        int open = number.getAndSet(CLOSED);
        if (open != CLOSED) {
            Bpf.close(open);
        }
    }
}
