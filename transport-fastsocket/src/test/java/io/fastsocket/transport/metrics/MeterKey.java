package io.fastsocket.transport.metrics;

import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One number of a registry: a counter or gauge by its name, a timer's two by its name with {@code _count} and {@code _sum}.
 * Prints as {@code fastsocket.active{cpu=0, loop=0}}.
 */
public record MeterKey(String name, SortedMap<String, String> tags) implements Comparable<MeterKey> {
    private static final Pattern SAMPLE = Pattern.compile("(\\w+)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    public MeterKey {
        tags = Collections.unmodifiableSortedMap(new TreeMap<>(tags));
    }

    /** All that a registry has, with the values of now. */
    public static Map<MeterKey, Double> valuesOf(MeterRegistry registry) {
        Map<MeterKey, Double> values = new TreeMap<>();
        for (Meter meter : registry.getMeters()) {
            MeterKey key = of(meter.getId());
            if (meter instanceof FunctionTimer timer) {
                put(values, new MeterKey(key.name + "_count", key.tags), timer.count());
                put(values, new MeterKey(key.name + "_sum", key.tags), timer.totalTime(TimeUnit.SECONDS));
            } else {
                put(values, key, meter.measure().iterator().next().getValue());
            }
        }
        return values;
    }

    static MeterKey of(Meter.Id id) {
        SortedMap<String, String> tags = new TreeMap<>();
        for (Tag tag : id.getTags()) {
            tags.put(tag.getKey(), tag.getValue());
        }
        return new MeterKey(id.getName(), tags);
    }

    /** All samples of a scrape. */
    public static Map<MeterKey, Double> scrapedFrom(PrometheusMeterRegistry registry) {
        return samplesOf(registry.scrape());
    }

    /** The same of a text that was scraped elsewhere. */
    public static Map<MeterKey, Double> samplesOf(String scrape) {
        Map<MeterKey, Double> values = new TreeMap<>();
        scrape.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            Matcher sample = SAMPLE.matcher(line);
            if (!sample.matches()) {
                throw new AssertionError("no sample of Prometheus: " + line);
            }
            SortedMap<String, String> tags = new TreeMap<>();
            Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
            while (label.find()) {
                tags.put(label.group(1), label.group(2));
            }
            put(values, new MeterKey(sample.group(1), tags), Double.parseDouble(sample.group(3)));
        });
        return values;
    }

    private static void put(Map<MeterKey, Double> values, MeterKey key, double value) {
        if (values.put(key, value) != null) {
            throw new AssertionError("twice: " + key);
        }
    }

    @Override
    public int compareTo(MeterKey other) {
        return Comparator.comparing(MeterKey::toString).compare(this, other);
    }

    @Override
    public String toString() {
        return name + tags;
    }
}
