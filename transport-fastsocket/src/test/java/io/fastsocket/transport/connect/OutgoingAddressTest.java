package io.fastsocket.transport.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.affinity.RssConfig.FlowType;
import io.fastsocket.affinity.RssMap;
import io.fastsocket.affinity.system.Answer;
import io.fastsocket.transport.engine.StepDownCause;
import io.fastsocket.transport.engine.StepsDown;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The ladder of one local address. */
class OutgoingAddressTest {
    private static final byte[] KEY = Cards.randomKey(new Random(7));
    private static final RssMap EIGHT = Cards.map(KEY, Cards.equal(128, 8), FlowType.TCP4);
    private static final RssMap FOUR = Cards.map(KEY, Cards.equal(128, 4), FlowType.TCP4);
    private static final PortBitsRange BITS = new PortBitsRange("eth0", 40960, 8192, List.of(0, 1));

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger reads = new AtomicInteger();
    private final StepsDown stepsDown = new StepsDown();
    private Answer<RssMap> card = Answer.known(EIGHT);

    @Test
    void computesWhereTheCardCanBeRead() {
        OutgoingAddress address = address(this::readCard, null);

        assertThat(address.mode().flow()).isEqualTo(FlowMode.COMPUTED);
        assertThat(address).hasToString("computed (eth0: 128 entries, 8 queues, 8 CPUs)");
        assertStepsDown(Map.of());
    }

    @Test
    void learnsWhereTheCardCannotBeReadAndSaysWhy() {
        card = Answer.unsupported("the driver of eth0 tells no hash key");

        OutgoingAddress address = address(this::readCard, null);

        assertThat(address.mode().flow()).isEqualTo(FlowMode.LEARNED);
        assertThat(address).hasToString("learned (computed: the driver of eth0 tells no hash key)");
        assertStepsDown(Map.of(StepDownCause.UNREADABLE, 1L));
    }

    @Test
    void learnsWhereThatIsTheWish() {
        assertThat(address(null, null)).hasToString("learned");
        assertStepsDown(Map.of());
    }

    @Test
    void takesAnyPortWhereNoneMayBeUsed() {
        OutgoingAddress address = address(this::readCard, null, LocalPorts.of(new int[0]));

        assertThat(address.mode().flow()).isEqualTo(FlowMode.ANY);
        assertThat(address).hasToString("any (computed: no usable port: 0 ports)");
    }

    @Test
    void followsATableThatChanged() {
        OutgoingAddress address = address(this::readCard, null);
        card = Answer.known(FOUR);
        pass(Duration.ofSeconds(1));

        address.looksWrong(address.mode(), misses(4));

        assertThat(address.mode().flow()).isEqualTo(FlowMode.COMPUTED);
        assertThat(address).hasToString("computed (eth0: 128 entries, 4 queues, 4 CPUs)");
    }

    @Test
    void asksTheCardNotMoreOftenThanFiveTimesASecond() {
        OutgoingAddress address = address(() -> Answer.known(reads.incrementAndGet() % 2 == 0 ? FOUR : EIGHT), null);
        pass(Duration.ofSeconds(1));
        for (int i = 0; i < 100; i++) {
            address.looksWrong(address.mode(), misses(4));
            pass(Duration.ofMillis(10));
        }

        assertThat(reads)
                .describedAs("at first, and then each 200 ms of a second")
                .hasValue(6);
    }

    @Test
    void stepsDownWhereTheCardSaysTheSameAndIsWrong() {
        OutgoingAddress address = address(this::readCard, null);
        pass(Duration.ofSeconds(1));
        address.looksWrong(address.mode(), misses(4));
        assertThat(address.mode().flow()).isEqualTo(FlowMode.COMPUTED);

        address.looksWrong(address.mode(), misses(OutcomeWindow.SIZE - 1));
        assertThat(address.mode().flow())
                .describedAs("not before a whole window")
                .isEqualTo(FlowMode.COMPUTED);
        address.looksWrong(address.mode(), misses(OutcomeWindow.SIZE));

        assertThat(address.mode().flow()).isEqualTo(FlowMode.LEARNED);
        assertThat(address).hasToString("learned (computed: the CPU was right for 0 of the last 64 connections)");
        assertStepsDown(Map.of(StepDownCause.MISSES, 1L));
    }

    @Test
    void stepsDownHoweverSlowlyConnectionsCome() {
        OutgoingAddress address = address(this::readCard, null);
        OutcomeWindow window = new OutcomeWindow();
        int version = address.mode().version();
        for (int i = 0; i < 200 && address.mode().flow() == FlowMode.COMPUTED; i++) {
            pass(Duration.ofSeconds(6));
            if (address.mode().version() != version) {
                // As loops do.
                version = address.mode().version();
                window.clear();
            }
            window.record(false);
            if (window.looksWrong()) {
                address.looksWrong(address.mode(), window);
            }
        }

        assertThat(address.mode().flow()).isEqualTo(FlowMode.LEARNED);
    }

    @Test
    void portBitsAreTriedAgainFromTheComputedModeToo() {
        OutgoingAddress address = address(this::readCard, BITS);
        address.looksWrong(address.mode(), misses(OutcomeWindow.SIZE));
        pass(Duration.ofSeconds(5));
        address.considerMore(address.mode());
        address.wouldBeRight(address.mode());
        assertThat(address.mode().flow()).isEqualTo(FlowMode.COMPUTED);
        assertThat(address.bestMode()).isEqualTo(FlowMode.PORT_BITS);

        pass(Duration.ofSeconds(60));
        address.considerMore(address.mode());

        assertThat(address.mode().flow()).isEqualTo(FlowMode.PORT_BITS);
    }

    @Test
    void aWindowOfAnEarlierModeCountsNoMore() {
        OutgoingAddress address = address(null, null);
        OutgoingAddress.Mode before = address.mode();
        address.looksWrong(before, misses(OutcomeWindow.SIZE));
        assertThat(address.mode().flow()).isEqualTo(FlowMode.ANY);
        int version = address.mode().version();

        address.looksWrong(before, misses(OutcomeWindow.SIZE));
        address.wouldBeRight(before);

        assertThat(address.mode().version()).isEqualTo(version);
        assertStepsDown(Map.of(StepDownCause.MISSES, 1L));
    }

    @Test
    void stepsUpWhenTheCardWouldBeRightAgain() {
        OutgoingAddress address = address(this::readCard, null);
        pass(Duration.ofSeconds(1));
        address.looksWrong(address.mode(), misses(4));
        address.looksWrong(address.mode(), misses(OutcomeWindow.SIZE));
        assertThat(address.mode().flow()).isEqualTo(FlowMode.LEARNED);

        address.wouldBeRight(address.mode());

        assertThat(address.mode().flow()).isEqualTo(FlowMode.COMPUTED);
        assertThat(address.mode().whyNotMore()).isEmpty();
    }

    @Test
    void noticesACardThatCanBeReadFromNowOn() {
        card = Answer.unsupported("no key");
        OutgoingAddress address = address(this::readCard, null);
        card = Answer.known(EIGHT);

        address.considerMore(address.mode());
        assertThat(address.mode().computed()).isNull();
        pass(Duration.ofSeconds(5));
        address.considerMore(address.mode());

        assertThat(address.mode().flow()).describedAs("not trusted yet").isEqualTo(FlowMode.LEARNED);
        address.wouldBeRight(address.mode());
        assertThat(address.mode().flow()).isEqualTo(FlowMode.COMPUTED);
    }

    @Test
    void learnsWhenTheCardTellsNoMore() {
        OutgoingAddress address = address(this::readCard, null);
        card = Answer.failed("errno=19 (ENODEV)");
        pass(Duration.ofSeconds(1));

        address.looksWrong(address.mode(), misses(4));

        assertThat(address).hasToString("learned (computed: errno=19 (ENODEV))");
        assertStepsDown(Map.of(StepDownCause.UNREADABLE, 1L));
    }

    @Test
    void givesUpLearningAndTriesItAgainAfterAMinute() {
        OutgoingAddress address = address(null, null);
        address.looksWrong(address.mode(), misses(OutcomeWindow.SIZE));
        assertThat(address).hasToString("any (learned: the CPU was right for 0 of the last 64 connections)");
        assertStepsDown(Map.of(StepDownCause.MISSES, 1L));

        address.considerMore(address.mode());
        assertThat(address.mode().flow()).isEqualTo(FlowMode.ANY);
        pass(Duration.ofSeconds(60));
        address.considerMore(address.mode());

        assertThat(address.mode().flow()).isEqualTo(FlowMode.LEARNED);
    }

    @Test
    void portBitsStepDownAndAreTriedAgainAfterAMinute() {
        OutgoingAddress address = address(this::readCard, BITS);
        assertThat(address).hasToString("port-bits (eth0, ports 40960-49151)");
        pass(Duration.ofSeconds(1));

        address.looksWrong(address.mode(), misses(OutcomeWindow.SIZE));
        assertThat(address.mode().flow()).isEqualTo(FlowMode.LEARNED);
        pass(Duration.ofSeconds(60));
        address.considerMore(address.mode());

        assertThat(address.mode().flow()).isEqualTo(FlowMode.PORT_BITS);
    }

    @Test
    void eachModeThatIsLostIsAStep() {
        OutgoingAddress address = address(this::readCard, BITS);
        address.looksWrong(address.mode(), misses(OutcomeWindow.SIZE));
        assertThat(address.mode().flow()).isEqualTo(FlowMode.LEARNED);
        address.looksWrong(address.mode(), misses(OutcomeWindow.SIZE));
        assertThat(address.mode().flow()).isEqualTo(FlowMode.ANY);

        assertStepsDown(Map.of(StepDownCause.MISSES, 2L));
    }

    private void assertStepsDown(Map<StepDownCause, Long> expected) {
        for (StepDownCause cause : StepDownCause.values()) {
            assertThat(stepsDown.get(cause)).describedAs("%s", cause).isEqualTo(expected.getOrDefault(cause, 0L));
        }
    }

    private Answer<RssMap> readCard() {
        reads.incrementAndGet();
        return card;
    }

    private OutgoingAddress address(@Nullable Supplier<Answer<RssMap>> reader, @Nullable PortBitsRange bits) {
        return address(reader, bits, LocalPorts.of(IntStream.range(40000, 50000).toArray()));
    }

    private OutgoingAddress address(
            @Nullable Supplier<Answer<RssMap>> reader, @Nullable PortBitsRange bits, LocalPorts ports) {
        try {
            return new OutgoingAddress(
                    InetAddress.getByName("192.0.2.2"),
                    ports,
                    new PortLeases(Duration.ofSeconds(61), nanos::get),
                    bits,
                    reader,
                    Runnable::run,
                    nanos::get,
                    stepsDown);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static OutcomeWindow misses(int count) {
        OutcomeWindow window = new OutcomeWindow();
        for (int i = 0; i < count; i++) {
            window.record(false);
        }
        return window;
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
