package io.fastsocket.transport.listen;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.SocketException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What is logged of accept errors, and how often. */
class AcceptErrorReportTest {
    private final SocketException noFiles = new SocketException("Too many open files");

    private final Logger logger = (Logger) LoggerFactory.getLogger(FastSocketServerSocketChannel.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    // Near the end of its range, which the clock may run over.
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(30));
    private final AcceptErrorReport report = new AcceptErrorReport(channel, nanos::get);

    @BeforeEach
    void watchTheLog() {
        log.start();
        logger.addAppender(log);
        logger.setAdditive(false);
    }

    @AfterEach
    void leaveTheLog() {
        logger.detachAppender(log);
        logger.setAdditive(true);
        channel.pipeline().remove("fastsocket#accept-errors");
        channel.finish();
    }

    @Test
    void warnsOnceAMinute() {
        report.paused(channel, noFiles);
        assertThat(log.list).hasSize(1);

        nanos.addAndGet(TimeUnit.SECONDS.toNanos(60) - 1);
        report.paused(channel, noFiles);
        assertThat(log.list).hasSize(1);

        nanos.addAndGet(1);
        report.paused(channel, noFiles);
        report.paused(channel, noFiles);
        assertThat(log.list).hasSize(2);
        channel.runPendingTasks();
    }

    @Test
    void saysWhatFailedOnWhichListenerAndWhatToDo() {
        report.paused(channel, noFiles);

        assertThat(log.list).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.WARN);
            assertThat(event.getFormattedMessage())
                    .isEqualTo("accept failed on listener embedded: Too many open files; it pauses and goes on by"
                            + " itself; fix: raise the limit of open files of this process"
                            + " (ulimit -n, systemd LimitNOFILE=)");
        });
        channel.runPendingTasks();
    }

    @Test
    void doesNotWarnOfWhatIsTriedAgain() {
        report.tellHandlers(new SocketException("Protocol error"));

        channel.runPendingTasks();
        assertThat(log.list).isEmpty();
    }
}
