package io.fastsocket.peers.frameworks;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The value of a date field, made once a second and not for each response. Thread-safe. */
final class HttpDate {
    // RFC 9110 5.6.7: two digits for the day, which the JDK's RFC_1123_DATE_TIME does not write.
    private static final DateTimeFormatter IMF_FIXDATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private volatile String now = "";

    /** A date that the executor keeps right. */
    HttpDate(ScheduledExecutorService executor) {
        refresh();
        executor.scheduleAtFixedRate(this::refresh, 1, 1, TimeUnit.SECONDS);
    }

    String now() {
        return now;
    }

    private void refresh() {
        now = IMF_FIXDATE.format(Instant.now());
    }
}
