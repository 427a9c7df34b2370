package io.fastsocket.affinity.tuning;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Waits for somebody to say that the machine is still well: a line on a terminal, or {@link #give} in another process. A
 * signal that ends this process, as when the session it runs in is cut off, puts everything back first.
 */
public final class Confirmation {
    private static final long LOOK_MILLIS = 100;

    private final Path file;
    private final InputStream terminal;
    private final Duration patience;

    /**
     * @param terminal a line from here confirms; its end says nothing
     * @param patience how long to wait
     */
    public Confirmation(JournalDirectory journals, Journal journal, InputStream terminal, Duration patience) {
        this.file = JournalDirectory.confirmation(journals.directory(), journal.id());
        this.terminal = terminal;
        this.patience = patience;
    }

    /**
     * Confirms the apply that waits.
     *
     * @throws TuningException if none waits
     */
    public static void give(Path directory) throws TuningException {
        List<Journal> waiting = JournalDirectory.read(directory).stream()
                .filter(journal -> journal.state() == Journal.State.AWAITING_CONFIRMATION)
                .toList();
        if (waiting.isEmpty()) {
            throw new TuningException("cannot confirm: no apply in " + directory
                    + " waits for it; fix: none needed, or name its directory with --state");
        }
        try {
            Files.createFile(
                    JournalDirectory.confirmation(directory, waiting.get(0).id()));
        } catch (FileAlreadyExistsException already) {
            return;
        } catch (IOException e) {
            throw new TuningException("cannot confirm in " + directory + ": " + e + "; fix: run as root", e);
        }
    }

    /**
     * Waits.
     *
     * @param putBack what a signal does before it ends the process
     * @return whether somebody confirmed in time
     */
    public boolean await(Callable<?> putBack) throws TuningException {
        CountDownLatch confirmed = new CountDownLatch(1);
        AtomicBoolean decided = new AtomicBoolean();
        Thread hook = new Thread(() -> putBackOnce(decided, putBack), "put back");
        Runtime.getRuntime().addShutdownHook(hook);
        ScheduledExecutorService looking = Executors.newScheduledThreadPool(2, Confirmation::daemon);
        try {
            looking.scheduleWithFixedDelay(
                    () -> {
                        if (Files.exists(file)) {
                            confirmed.countDown();
                        }
                    },
                    0,
                    LOOK_MILLIS,
                    TimeUnit.MILLISECONDS);
            looking.execute(() -> readLine(confirmed));
            boolean inTime = confirmed.await(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (!decided.compareAndSet(false, true)) {
                throw new TuningException("ended by a signal; all was put back as it was");
            }
            Files.deleteIfExists(file);
            return inTime;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (IOException e) {
            throw new TuningException("cannot remove " + file + ": " + e + "; fix: remove it by hand", e);
        } finally {
            looking.shutdownNow();
            removeHook(hook);
        }
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // Then it runs, and has its own look at what was decided.
            return;
        }
    }

    private static void putBackOnce(AtomicBoolean decided, Callable<?> putBack) {
        if (decided.compareAndSet(false, true)) {
            try {
                putBack.call();
            } catch (Exception e) {
                throw new IllegalStateException("cannot put everything back: " + e.getMessage(), e);
            }
        }
    }

    private void readLine(CountDownLatch confirmed) {
        try {
            for (int read = terminal.read(); read >= 0; read = terminal.read()) {
                if (read == '\n') {
                    confirmed.countDown();
                    return;
                }
            }
        } catch (IOException noTerminal) {
            // The other way to confirm is left.
            return;
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "confirmation");
        thread.setDaemon(true);
        return thread;
    }
}
