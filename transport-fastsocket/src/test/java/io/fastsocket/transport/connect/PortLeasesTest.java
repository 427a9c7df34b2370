package io.fastsocket.transport.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.affinity.system.SystemRoot;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortLeasesTest {
    private static final InetSocketAddress ONE = new InetSocketAddress("192.0.2.1", 80);
    private static final InetSocketAddress OTHER = new InetSocketAddress("192.0.2.1", 81);
    private static final InetSocketAddress THIRD = new InetSocketAddress("192.0.2.2", 80);

    /** About to overflow, as {@link System#nanoTime} may be. */
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

    private final PortLeases leases = new PortLeases(Duration.ofSeconds(61), nanos::get);

    @Test
    void aPortServesADestinationOnceAtATime() {
        assertThat(leases.tryLease(4000, ONE)).isNotNull();

        assertThat(leases.tryLease(4000, ONE)).isNull();
        assertThat(leases.tryLease(4001, ONE)).isNotNull();
        assertThat(leases.tryLease(4000, OTHER)).isNotNull();
    }

    @Test
    void theFirstOnAPortBindsAloneAndTheNextOnesShareIt() {
        PortLease first = leases.tryLease(4000, ONE);
        assertThat(first.isShared()).isFalse();

        first.bound();
        PortLease second = leases.tryLease(4000, OTHER);
        assertThat(second.isShared()).isTrue();
        second.bound();
        first.release(false);

        assertThat(leases.tryLease(4000, THIRD).isShared()).isTrue();
    }

    @Test
    void aLeaseWhoseBindFailedLeavesNothing() {
        leases.tryLease(4000, ONE).release(false);

        assertThat(leases.size()).isZero();
        assertThat(leases.tryLease(4000, ONE).isShared()).isFalse();
    }

    @Test
    void aPortThatThePeerFreedIsTriedAtOnceWhereTheKernelCanSayNo() {
        bound(4000, ONE).release(false);

        // Alone: bind fails as long as the last acknowledgement is not there.
        assertThat(leases.tryLease(4000, ONE).isShared()).isFalse();
    }

    @Test
    void aPortThatThePeerFreedWaitsForTheLastAcknowledgementWhereItIsShared() {
        PortLease ended = bound(4000, ONE);
        bound(4000, OTHER);
        ended.release(false);

        // With others on the port, bind would succeed, and connect could fail.
        assertThat(leases.tryLease(4000, ONE)).isNull();
        pass(Duration.ofSeconds(1));
        assertThat(leases.tryLease(4000, ONE).isShared()).isTrue();
    }

    @Test
    void aPortInTimeWaitServesOtherDestinationsOnly() {
        bound(4000, ONE).release(true);

        assertThat(leases.tryLease(4000, ONE)).isNull();
        assertThat(leases.tryLease(4000, OTHER).isShared()).isTrue();
        pass(Duration.ofSeconds(60));
        assertThat(leases.tryLease(4000, ONE)).isNull();
        pass(Duration.ofSeconds(1));
        assertThat(leases.tryLease(4000, ONE)).isNotNull();
    }

    @Test
    void withTimeWaitReuseTheSameDestinationFollowsSoonerAndShares() {
        PortLeases reusing = new PortLeases(Duration.ofMillis(1100), nanos::get);
        PortLease ended = reusing.tryLease(4000, ONE);
        ended.bound();
        ended.release(true);

        assertThat(reusing.tryLease(4000, ONE)).isNull();
        pass(Duration.ofMillis(1100));
        // The socket in TIME_WAIT is still there: a bind alone would fail.
        assertThat(reusing.tryLease(4000, ONE).isShared()).isTrue();
    }

    @Test
    void forgetsWhatIsOver() {
        for (int port = 2000; port < 3000; port++) {
            bound(port, ONE).release(port % 2 == 0);
        }
        pass(Duration.ofSeconds(61));
        for (int i = 0; i < 500; i++) {
            leases.tryLease(4000, ONE);
        }

        assertThat(leases.size()).isEqualTo(1);
        assertThat(leases.tryLease(2000, OTHER).isShared()).isFalse();
    }

    @Test
    void releasingTwiceDoesNothing() {
        PortLease first = bound(4000, ONE);
        bound(4000, OTHER);
        first.release(false);
        first.release(false);

        assertThat(leases.tryLease(4000, THIRD).isShared()).isTrue();
    }

    @Test
    void noTwoThreadsGetTheSameLease() throws InterruptedException {
        int threads = 4;
        int ports = 20_000;
        Set<Integer> leased = ConcurrentHashMap.newKeySet();
        AtomicInteger twice = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(threads);
        for (int i = 0; i < threads; i++) {
            new Thread(() -> {
                        for (int port = 2000; port < 2000 + ports; port++) {
                            if (leases.tryLease(port, ONE) != null && !leased.add(port)) {
                                twice.incrementAndGet();
                            }
                        }
                        done.countDown();
                    })
                    .start();
        }

        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(twice).hasValue(0);
        assertThat(leased).hasSize(ports);
    }

    @Test
    void readsHowSoonTheKernelReusesTimeWait(@TempDir Path root) throws Exception {
        Path sysctls = Files.createDirectories(root.resolve("proc/sys/net/ipv4"));
        SystemRoot machine = SystemRoot.recorded(root);

        assertThat(PortLeases.timeWaitReusable(machine)).isEqualTo(Duration.ofSeconds(61));
        Files.writeString(sysctls.resolve("tcp_tw_reuse"), "1\n");
        assertThat(PortLeases.timeWaitReusable(machine)).isEqualTo(Duration.ofMillis(1100));
        Files.writeString(sysctls.resolve("tcp_tw_reuse_delay"), "500\n");
        assertThat(PortLeases.timeWaitReusable(machine)).isEqualTo(Duration.ofMillis(1600));
        Files.writeString(sysctls.resolve("tcp_timestamps"), "0\n");
        assertThat(PortLeases.timeWaitReusable(machine)).isEqualTo(Duration.ofSeconds(61));
        Files.writeString(sysctls.resolve("tcp_timestamps"), "1\n");
        Files.writeString(sysctls.resolve("tcp_tw_reuse"), "2\n");
        assertThat(PortLeases.timeWaitReusable(machine)).isEqualTo(Duration.ofSeconds(61));
    }

    private PortLease bound(int port, InetSocketAddress remote) {
        PortLease lease = leases.tryLease(port, remote);
        lease.bound();
        return lease;
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
