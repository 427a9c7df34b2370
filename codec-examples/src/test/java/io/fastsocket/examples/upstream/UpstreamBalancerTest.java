package io.fastsocket.examples.upstream;

import static io.fastsocket.examples.upstream.UpstreamBalancer.AVOID_NANOS_FIRST;
import static io.fastsocket.examples.upstream.UpstreamBalancer.AVOID_NANOS_MAX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.ChannelException;
import java.net.BindException;
import java.net.ConnectException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class UpstreamBalancerTest {
    private static final Upstream A = new Upstream("a", 1);
    private static final Upstream B = new Upstream("b", 2);
    private static final Upstream C = new Upstream("c", 3);

    private final long seed = System.nanoTime();

    /** Begins shortly before the clock overflows. */
    private long now = Long.MAX_VALUE - AVOID_NANOS_FIRST / 2;

    private UpstreamBalancer balancer(Upstream... upstreams) {
        return new UpstreamBalancer(List.of(upstreams), () -> now, new Random(seed));
    }

    private UpstreamBalancer ejecting(Upstream... upstreams) {
        return new UpstreamBalancer(List.of(upstreams), () -> now, new Random(seed), new EjectionSettings(3, 5));
    }

    private static void fail(UpstreamBalancer balancer, Upstream upstream, int times) {
        for (int i = 0; i < times; i++) {
            balancer.failed(upstream, balancer.begun(upstream));
            balancer.ended(upstream);
        }
    }

    private static void answer(UpstreamBalancer balancer, Upstream upstream, boolean error, int times) {
        for (int i = 0; i < times; i++) {
            balancer.answered(upstream, balancer.begun(upstream), error);
            balancer.ended(upstream);
        }
    }

    // ---- what connects and then fails

    @Test
    void leavesAnUpstreamOutThatFailsTooOftenInARow() {
        UpstreamBalancer balancer = ejecting(A, B);
        fail(balancer, A, 2);
        assertThat(balancer.isAvoided(A)).isFalse();
        answer(balancer, A, false, 1);
        fail(balancer, A, 2);
        assertThat(balancer.isAvoided(A)).isFalse();
        fail(balancer, A, 1);
        assertThat(balancer.isAvoided(A)).isTrue();
        assertThat(choices(balancer, 100)).as("seed " + seed).containsOnlyKeys(B);
    }

    @Test
    void leavesAnUpstreamOutThatAnswersWithErrorsTooOftenInARow() {
        UpstreamBalancer balancer = ejecting(A, B);
        answer(balancer, A, true, 4);
        answer(balancer, A, false, 1);
        answer(balancer, A, true, 4);
        assertThat(balancer.isAvoided(A)).isFalse();
        answer(balancer, A, true, 1);
        assertThat(balancer.isAvoided(A)).isTrue();
    }

    @Test
    void ejectsNoMoreThanHalfForErrorsAndAnyNumberForFailures() {
        UpstreamBalancer balancer = ejecting(A, B, C);
        for (Upstream upstream : List.of(A, B, C)) {
            answer(balancer, upstream, true, 20);
        }
        assertThat(balancer.isAvoided(A)).isTrue();
        assertThat(balancer.isAvoided(B)).isFalse();
        assertThat(balancer.isAvoided(C)).isFalse();
        fail(balancer, B, 3);
        fail(balancer, C, 3);
        assertThat(choices(balancer, 300)).as("seed " + seed).containsOnlyKeys(A, B, C);
    }

    @Test
    void triesAnEjectedUpstreamWithOnePieceOfWorkAfterTwiceTheTimeEach() {
        UpstreamBalancer balancer = ejecting(A, B);
        fail(balancer, A, 3);
        long avoided = AVOID_NANOS_FIRST;
        for (int i = 0; i < 8; i++) {
            now += avoided - 1;
            assertThat(balancer.isAvoided(A)).as("trial " + i).isTrue();
            now++;
            balancer.begun(B);
            assertThat(balancer.choose()).isEqualTo(A);
            assertThat(choices(balancer, 20)).as("seed " + seed).containsOnlyKeys(B);
            balancer.ended(B);
            balancer.connectSucceeded(A);
            assertThat(balancer.isAvoided(A)).as("after a connect").isTrue();
            fail(balancer, A, 1);
            avoided = Math.min(2 * avoided, AVOID_NANOS_MAX);
        }
    }

    @Test
    void takesAnUpstreamBackThatAnswers() {
        UpstreamBalancer balancer = ejecting(A, B);
        fail(balancer, A, 3);
        now += AVOID_NANOS_FIRST;
        balancer.begun(B);
        assertThat(balancer.choose()).isEqualTo(A);
        balancer.ended(B);
        answer(balancer, A, false, 1);
        assertThat(balancer.isAvoided(A)).isFalse();
        fail(balancer, A, 2);
        assertThat(balancer.isAvoided(A)).isFalse();
        fail(balancer, A, 1);
        now += AVOID_NANOS_FIRST;
        assertThat(balancer.isAvoided(A)).as("it begins anew").isFalse();
    }

    @Test
    void hearsNothingNewFromWorkThatBeganBeforeTheEjection() {
        UpstreamBalancer balancer = ejecting(A, B);
        long before = balancer.begun(A);
        now++;
        fail(balancer, A, 3);
        balancer.answered(A, before, false);
        assertThat(balancer.isAvoided(A)).isTrue();
        balancer.failed(A, before);
        balancer.answered(A, before, true);
        now += AVOID_NANOS_FIRST;
        assertThat(balancer.isAvoided(A)).isFalse();
    }

    @Test
    void takesAnUpstreamBackThatAnswersWhenAllAreTriedForWantOfOthers() {
        UpstreamBalancer balancer = ejecting(A, B);
        fail(balancer, A, 3);
        fail(balancer, B, 3);
        fail(balancer, A, 10);
        answer(balancer, B, false, 1);
        assertThat(choices(balancer, 100)).as("seed " + seed).containsOnlyKeys(B);
        now += AVOID_NANOS_FIRST;
        assertThat(balancer.isAvoided(A))
                .as("no longer for what was tried for want of others")
                .isFalse();
    }

    private static Map<Upstream, Integer> choices(UpstreamBalancer balancer, int count) {
        Map<Upstream, Integer> chosen = new HashMap<>();
        for (int i = 0; i < count; i++) {
            chosen.merge(balancer.choose(), 1, Integer::sum);
        }
        return chosen;
    }

    @Test
    void choosesTheLessBusyOfTwo() {
        UpstreamBalancer balancer = balancer(A, B);
        balancer.begun(A);
        assertThat(choices(balancer, 100)).as("seed " + seed).containsOnlyKeys(B);
        balancer.ended(A);
        balancer.begun(B);
        assertThat(choices(balancer, 100)).as("seed " + seed).containsOnlyKeys(A);
    }

    @Test
    void choosesAllAlikeWhenAllAreIdle() {
        Map<Upstream, Integer> chosen = choices(balancer(A, B, C), 3000);
        assertThat(chosen.values()).as("seed " + seed).hasSize(3).allSatisfy(n -> assertThat(n)
                .isBetween(800, 1200));
    }

    @Test
    void neverSendsEverybodyToTheLeastBusyOfMany() {
        UpstreamBalancer balancer = balancer(A, B, C);
        balancer.begun(B);
        balancer.begun(C);
        balancer.begun(C);
        Map<Upstream, Integer> chosen = choices(balancer, 3000);
        // Two of the three pairs hold A; the third one goes to B.
        assertThat(chosen.get(A)).as("seed " + seed).isBetween(1800, 2200);
        assertThat(chosen.get(B)).as("seed " + seed).isBetween(800, 1200);
        assertThat(chosen).doesNotContainKey(C);
    }

    @Test
    void keepsUpstreamsOfOneSpeedEquallyBusy() {
        List<Upstream> many =
                IntStream.range(1, 21).mapToObj(i -> new Upstream("u", i)).toList();
        UpstreamBalancer balancer = new UpstreamBalancer(many, () -> now, new Random(seed));
        for (int i = 0; i < 2000; i++) {
            balancer.begun(balancer.choose());
        }
        assertThat(many).as("seed " + seed).allSatisfy(upstream -> assertThat(balancer.outstanding(upstream))
                .isBetween(90, 110));
    }

    @Test
    void avoidsAnUpstreamWhoseConnectFailedForTwiceAsLongEachTimeUpToABound() {
        UpstreamBalancer balancer = balancer(A, B);
        long expected = AVOID_NANOS_FIRST;
        for (int failure = 0; failure < 12; failure++) {
            balancer.connectFailed(A, refused());
            assertThat(choices(balancer, 50)).containsOnlyKeys(B);
            now += expected - 1;
            assertThat(choices(balancer, 50)).as("failure " + failure).containsOnlyKeys(B);
            now += 1;
            awaitTrial(balancer);
            expected = Math.min(2 * expected, AVOID_NANOS_MAX);
        }
        assertThat(expected).isEqualTo(AVOID_NANOS_MAX);
    }

    /** Draws until A is the one that tries. */
    private void awaitTrial(UpstreamBalancer balancer) {
        for (int i = 0; i < 1000; i++) {
            if (balancer.choose().equals(A)) {
                return;
            }
        }
        throw new AssertionError("A is never tried again; seed " + seed);
    }

    @Test
    void letsOneTryWhileTheOthersGoOnAvoiding() {
        UpstreamBalancer balancer = balancer(A, B);
        balancer.connectFailed(A, refused());
        now += AVOID_NANOS_FIRST;
        assertThat(choices(balancer, 1000)).containsEntry(A, 1);
        balancer.connectSucceeded(A);
        assertThat(choices(balancer, 1000).get(A)).as("seed " + seed).isBetween(350, 650);
    }

    @Test
    void takesAnUpstreamBackThatAnswersOnAConnectionThatWasThere() {
        UpstreamBalancer balancer = ejecting(A, B);
        balancer.connectFailed(A, refused());
        now += AVOID_NANOS_FIRST;
        awaitTrial(balancer);
        answer(balancer, A, false, 1);
        assertThat(balancer.isAvoided(A)).isFalse();
        assertThat(choices(balancer, 1000).get(A)).as("seed " + seed).isBetween(350, 650);
    }

    @Test
    void hearsNothingNewFromWorkThatBeganBeforeAConnectFailed() {
        UpstreamBalancer balancer = ejecting(A, B);
        long before = balancer.begun(A);
        now++;
        balancer.connectFailed(A, refused());
        balancer.answered(A, before, false);
        assertThat(balancer.isAvoided(A)).isTrue();
    }

    @Test
    void blamesNoUpstreamForWhatThisMachineHasNot() {
        UpstreamBalancer balancer = balancer(A, B);
        balancer.connectFailed(A, new ChannelException("socket(): too many open files"));
        balancer.connectFailed(A, new BindException("no port left"));
        assertThat(balancer.isAvoided(A)).isFalse();
        balancer.connectFailed(A, refused());
        assertThat(balancer.isAvoided(A)).isTrue();
    }

    @Test
    void countsFailuresOfConnectsThatWereUnderWayTogetherAsOne() {
        UpstreamBalancer balancer = balancer(A, B);
        for (int i = 0; i < 20; i++) {
            balancer.connectFailed(A, refused());
        }
        now += AVOID_NANOS_FIRST;
        assertThat(balancer.isAvoided(A)).isFalse();
    }

    @Test
    void forgetsFailuresAfterASuccess() {
        UpstreamBalancer balancer = balancer(A, B);
        for (int i = 0; i < 3; i++) {
            balancer.connectFailed(A, refused());
            now += AVOID_NANOS_MAX;
        }
        balancer.connectSucceeded(A);
        balancer.connectFailed(A, refused());
        assertThat(balancer.isAvoided(A)).isTrue();
        now += AVOID_NANOS_FIRST;
        assertThat(balancer.isAvoided(A)).isFalse();
    }

    @Test
    void triesAllWhenAllAreBad() {
        UpstreamBalancer balancer = balancer(A, B, C);
        List.of(A, B, C).forEach(upstream -> balancer.connectFailed(upstream, refused()));
        assertThat(choices(balancer, 500)).containsOnlyKeys(A, B, C);
    }

    @Test
    void choosesEachOnceForOnePieceOfWork() {
        UpstreamBalancer balancer = balancer(A, B, C);
        balancer.connectFailed(B, refused());
        Set<Upstream> tried = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            Upstream next = balancer.choose(tried).orElseThrow();
            assertThat(tried.add(next)).isTrue();
            assertThat(next.equals(B)).as("the avoided one comes last").isEqualTo(i == 2);
        }
        assertThat(balancer.choose(tried)).isEmpty();
    }

    @Test
    void refusesToEndWhatNeverBegan() {
        assertThatThrownBy(() -> balancer(A, B).ended(A))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "cannot end work with a:1: outstanding=0 (expected at least 1): it was ended twice, or never"
                                + " begun; fix: one ended for each begun");
        assertThatThrownBy(() -> balancer(A, B).begun(C)).hasMessageContaining("upstream=c:3 (expected one of");
    }

    @Test
    void refusesNoUpstreamAndOneTwice() {
        assertThatThrownBy(this::balancer).hasMessageContaining("upstreams=[] (expected at least one)");
        assertThatThrownBy(() -> balancer(A, A)).hasMessageContaining("a:1 is there twice; fix: name it once");
    }

    private static ConnectException refused() {
        return new ConnectException("refused");
    }
}
