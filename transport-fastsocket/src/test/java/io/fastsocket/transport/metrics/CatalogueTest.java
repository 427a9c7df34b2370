package io.fastsocket.transport.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.affinity.PlacementPolicy;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.listen.FastSocketServerSocketChannel;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is registered is what {@link FastSocketMeter} lists, and what it lists is registered. */
@Timeout(60)
class CatalogueTest {
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final Set<FastSocketMeter> OF_THE_EXAMPLES = Set.of(
            FastSocketMeter.POOL_ACQUIRES,
            FastSocketMeter.POOL_CLOSED,
            FastSocketMeter.PEER_FAULTS,
            FastSocketMeter.REFUSED);
    private static final Tags OWN_TAGS = Tags.of("app", "shop", "zone", "b");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private FastSocketEventLoopGroup group;

    @BeforeEach
    void serve() throws InterruptedException {
        group = FastSocketEventLoopGroup.builder()
                .engine(Engine.EPOLL)
                .placement(PlacementPolicy.none())
                .loops(2)
                .build();
        FastSocketMetrics metrics = new FastSocketMetrics(group, OWN_TAGS);
        metrics.bindTo(registry);
        metrics.bindTo(prometheus);
        new ServerBootstrap()
                .group(group)
                .channel(FastSocketServerSocketChannel.class)
                .childHandler(new ChannelInboundHandlerAdapter())
                .bind("127.0.0.1", 0)
                .sync();
        Awaitility.await("meters of listeners")
                .atMost(DEADLINE)
                .until(() -> prometheus
                                .find("fastsocket.accept.queue.dropped")
                                .meters()
                                .size()
                        == 2);
    }

    @AfterEach
    void end() throws Exception {
        assertThat(group.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(20, TimeUnit.SECONDS))
                .isTrue();
    }

    @Test
    void everyRegisteredMeterIsInTheCatalogueAsItIs() {
        Map<String, FastSocketMeter> catalogue = Arrays.stream(FastSocketMeter.values())
                .collect(Collectors.toMap(FastSocketMeter::meterName, meter -> meter));
        for (Meter registered : registry.getMeters()) {
            Meter.Id id = registered.getId();
            FastSocketMeter meter = catalogue.get(id.getName());
            assertThat(meter).describedAs("%s", id).isNotNull();

            Set<String> keys = new TreeSet<>(meter.tagKeys());
            OWN_TAGS.forEach(tag -> keys.add(tag.getKey()));
            assertThat(id.getTags().stream().map(Tag::getKey))
                    .describedAs("%s", id)
                    .containsExactlyInAnyOrderElementsOf(keys);
            assertThat(id.getTags()).describedAs("%s", id).containsAll(OWN_TAGS);
            assertThat(id.getDescription())
                    .describedAs("%s", id)
                    .isEqualTo(meter.description())
                    .isNotBlank();
            if (registered instanceof FunctionTimer timer) {
                // Its unit is the registry's.
                assertThat(timer.baseTimeUnit().name().toLowerCase(Locale.ROOT)).isEqualTo(meter.baseUnit());
            } else {
                assertThat(id.getBaseUnit()).describedAs("%s", id).isEqualTo(meter.baseUnit());
            }
            assertThat(registered).describedAs("%s", id).isInstanceOf(classOf(meter.type()));
        }
    }

    private static Class<? extends Meter> classOf(FastSocketMeter.Type type) {
        return switch (type) {
            case COUNTER -> FunctionCounter.class;
            case GAUGE -> Gauge.class;
            case TIMER -> FunctionTimer.class;
        };
    }

    @Test
    void everyMeterOfTheCatalogueIsRegisteredButThoseOfTheExamples() {
        Set<FastSocketMeter> expected = new TreeSet<>(List.of(FastSocketMeter.values()));
        expected.removeAll(OF_THE_EXAMPLES);
        assertThat(expected)
                .allSatisfy(meter -> assertThat(registry.find(meter.meterName()).meters())
                        .describedAs("%s", meter)
                        .isNotEmpty());
        assertThat(OF_THE_EXAMPLES)
                .allSatisfy(meter -> assertThat(registry.find(meter.meterName()).meters())
                        .describedAs("%s", meter)
                        .isEmpty());
    }

    /** The scrape names its own metrics in lines such as {@code # TYPE fastsocket_active_connections gauge}. */
    @Test
    void prometheusCallsThemAsTheCatalogueSays() {
        Map<String, String> scraped = new TreeMap<>();
        Map<String, String> helped = new TreeMap<>();
        prometheus.scrape().lines().forEach(line -> {
            String[] words = line.split(" ", 4);
            if (line.startsWith("# TYPE ")) {
                scraped.put(words[2], words[3]);
            } else if (line.startsWith("# HELP ")) {
                helped.put(words[2], words[3]);
            }
        });
        Map<String, String> expected = new TreeMap<>();
        Map<String, String> descriptions = new TreeMap<>();
        for (FastSocketMeter meter : FastSocketMeter.values()) {
            if (!OF_THE_EXAMPLES.contains(meter)) {
                expected.put(
                        meter.prometheusName(),
                        switch (meter.type()) {
                            case COUNTER -> "counter";
                            case GAUGE -> "gauge";
                            case TIMER -> "summary";
                        });
                descriptions.put(meter.prometheusName(), meter.description());
            }
        }
        assertThat(scraped).isEqualTo(expected);
        assertThat(helped).isEqualTo(descriptions);
    }

    @Test
    void theCatalogueIsTheOneThatWasPromised() {
        Map<String, String> names = new TreeMap<>();
        for (FastSocketMeter meter : FastSocketMeter.values()) {
            names.put(meter.meterName(), meter.prometheusName());
        }
        assertThat(names).isEqualTo(new TreeMap<>(ExpectedMeters.PROMETHEUS_NAMES));
    }

    /** A meter that is read while the group runs is a number; only a share of nothing is none. */
    @Test
    void noneIsNotANumberButTheShareOfNothing() {
        List<MeterKey> notANumber = new ArrayList<>();
        MeterKey.valuesOf(registry).forEach((key, value) -> {
            if (value.isNaN()) {
                notANumber.add(key);
            }
        });
        assertThat(notANumber).hasSize(2).allMatch(key -> key.name().equals("fastsocket.imbalance"));
    }
}
