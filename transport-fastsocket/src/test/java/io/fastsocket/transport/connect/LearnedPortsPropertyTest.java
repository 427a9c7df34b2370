package io.fastsocket.transport.connect;

import static io.fastsocket.transport.connect.Connections.DEFAULT_RANGE;
import static io.fastsocket.transport.connect.Connections.destination;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.transport.connect.LearnedState.Phase;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Learning against cards with random keys. jqwik prints the seed of a world that fails. */
class LearnedPortsPropertyTest {
    private static final int IN_USE = 256;

    /** A card whose ports reach all CPUs: one key in 30,000 makes them reach half of the table only. */
    private static ReceiveHash cardOfAll(int queues, int tableSize, Random random) {
        ReceiveHash card;
        do {
            card = ReceiveHash.spread(queues, tableSize, random);
        } while (reached(card, 0) < queues);
        return card;
    }

    /** How many CPUs the ports reach; the same for all destinations. */
    private static long reached(World card, long destination) {
        return Arrays.stream(DEFAULT_RANGE)
                .map(port -> card.cpu(destination, port))
                .distinct()
                .count();
    }

    @Property(tries = 100)
    void trustsEightQueuesAfter64ConnectionsAndASecondDestinationAfterTwo(@ForAll long seed) {
        trustEightQueues(seed);
    }

    /** The first 38 ports lie in a smaller space than they need to: the map has two labels for each CPU, and uses one. */
    @Example
    void trustsEightQueuesOnAFinerMap() {
        trustEightQueues(-271_167);
    }

    private static void trustEightQueues(long seed) {
        Random random = new Random(seed);
        Connections connections = new Connections(cardOfAll(8, 128, random), DEFAULT_RANGE, 0, IN_USE, random);
        long first = destination(random);
        long second = destination(random);

        assertThat(connections.openUntilAffine(first, 64)).isLessThanOrEqualTo(64);
        assertThat(connections.learned.state().classes()).isIn(8, 16);
        assertThat(connections.open(first, 500)).isGreaterThanOrEqualTo(490);
        connections.open(second, 2);
        assertThat(connections.open(second, 500)).isGreaterThanOrEqualTo(490);
    }

    @Property(tries = 60)
    void findsAnyPowerOfTwoOfQueues(@ForAll long seed) {
        Random random = new Random(seed);
        int queues = 2 << random.nextInt(6);
        int tableSize = Math.max(queues, 64 << random.nextInt(4));
        World card = cardOfAll(queues, tableSize, random);
        Connections connections = new Connections(card, DEFAULT_RANGE, 0, IN_USE, random);
        long destination = destination(random);

        assertThat(connections.openUntilAffine(destination, 128)).isLessThanOrEqualTo(128);
        int classes = connections.learned.state().classes();
        assertThat(classes).isIn(queues, 2 * queues);
        // Each CPU has to be met once.
        connections.open(destination, 6 * queues);
        assertThat(connections.open(destination, 500)).isGreaterThanOrEqualTo(490);
        for (int port : new int[] {32_768, 40_000, 60_999}) {
            int predicted = connections.learned.predictedCpu(destination, port);
            // A finer map says nothing of labels that it does not use.
            if (classes == queues || predicted != KnownPorts.NO_CPU) {
                assertThat(predicted).isEqualTo(card.cpu(destination, port));
            }
        }
    }

    @Property(tries = 60)
    void toleratesStrayPackets(@ForAll long seed) {
        tolerateStrayPackets(seed);
    }

    /** In the first, a loop's CPU is reached by no port, and strays alone are remembered of it; the second has a poor key. */
    @Example
    void toleratesStrayPacketsOnCardsThatReachHalfOfTheCpus() {
        tolerateStrayPackets(13_409);
        tolerateStrayPackets(1_993);
    }

    /** A stray's difference is taken for one of the map, which does not hold then. */
    @Example
    void givesUpWhatStrayPacketsMadeOfTheMap() {
        tolerateStrayPackets(2_541);
        tolerateStrayPackets(10_887);
    }

    private static void tolerateStrayPackets(long seed) {
        Random random = new Random(seed);
        int queues = 2 << random.nextInt(5);
        double noise = random.nextDouble() * 0.05;
        World card = ReceiveHash.spread(queues, 128, random);
        Connections connections = new Connections(card, DEFAULT_RANGE, noise, IN_USE, random);
        long destination = destination(random);
        connections.open(destination, 1_000);

        assertThat(connections.learned.state().phase()).isEqualTo(Phase.AFFINE);
        assertThat(connections.learned.state().forgotten()).isLessThanOrEqualTo(1);
        // What is wanted on a CPU that no port reaches cannot be had.
        assertThat(connections.open(destination, 500))
                .isGreaterThanOrEqualTo((int) (400 * reached(card, destination) / queues));
    }

    @Property(tries = 30)
    void learnsFromFewConnectionsToEachOfManyDestinations(@ForAll long seed) {
        Random random = new Random(seed);
        Connections connections = new Connections(cardOfAll(8, 128, random), DEFAULT_RANGE, 0, IN_USE, random);
        for (int i = 0; i < 200; i++) {
            connections.open(destination(random), 3);
        }
        long destination = destination(random);
        connections.open(destination, 2);

        assertThat(connections.learned.state().classes()).isIn(8, 16);
        assertThat(connections.open(destination, 200)).isGreaterThanOrEqualTo(196);
    }

    @Property(tries = 30)
    void takesTheAffinePartAndRemembersTheRestWhenTheQueuesAreNoPowerOfTwo(@ForAll long seed) {
        Random random = new Random(seed);
        int odd = random.nextBoolean() ? 3 : 5;
        int affine = 1 << random.nextInt(3);
        Connections connections = new Connections(cardOfAll(odd * affine, 128, random), DEFAULT_RANGE, 0, 64, random);
        long destination = destination(random);
        connections.open(destination, 1_500);

        // Now and then a bit that is nearly affine is taken along, and given up again.
        assertThat(connections.learned.state().classes()).isIn(1, affine, 2 * affine);
        assertThat(connections.open(destination, 1_500)).isGreaterThanOrEqualTo(1_200);
    }

    @Property(tries = 40)
    void remembersMapsThatHaveNoStructure(@ForAll long seed) {
        Random random = new Random(seed);
        int cpus = 2 + random.nextInt(7);
        double noise = random.nextInt(2) * 0.03;
        Connections connections =
                new Connections(ReceiveHash.nonlinear(cpus, random), DEFAULT_RANGE, noise, 64, random);
        long destination = destination(random);
        connections.open(destination, 1_500);

        assertThat(connections.learned.state().phase()).isEqualTo(Phase.MEMORY_ONLY);
        assertThat(connections.open(destination, 1_500)).isGreaterThanOrEqualTo(1_425);
    }

    @Property(tries = 30)
    void learnsAgainWhenTheCardChanges(@ForAll long seed) {
        Random random = new Random(seed);
        ReceiveHash card = cardOfAll(8, 128, random);
        Connections connections = new Connections(card, DEFAULT_RANGE, 0, 64, random);
        long destination = destination(random);
        connections.open(destination, 800);
        connections.world = cardOfAll(8, 128, random);
        connections.open(destination, 200);

        assertThat(connections.learned.state().forgotten()).isBetween(1L, 2L);
        assertThat(connections.open(destination, 300)).isGreaterThanOrEqualTo(294);
    }

    @Property(tries = 30)
    void learnsAgainWhenInterruptsMove(@ForAll long seed) {
        learnAgainWhenInterruptsMove(seed);
    }

    /** Under another shift most CPUs are right, two are not; and the ports they remember are all of old places. */
    @Example
    void learnsAgainWhenInterruptsOfTwoCpusChangePlaces() {
        learnAgainWhenInterruptsMove(782_473_298_782_241_064L);
        learnAgainWhenInterruptsMove(7_221);
    }

    private static void learnAgainWhenInterruptsMove(long seed) {
        Random random = new Random(seed);
        ReceiveHash card = cardOfAll(8, 128, random);
        Connections connections = new Connections(card, DEFAULT_RANGE, 0, 64, random);
        long destination = destination(random);
        connections.open(destination, 800);
        connections.world = card.withOtherCpus(random);
        connections.open(destination, 300);

        assertThat(connections.open(destination, 300)).isGreaterThanOrEqualTo(294);
    }

    @Property(tries = 20)
    void learnsAgainWhenTheMapLosesItsStructure(@ForAll long seed) {
        Random random = new Random(seed);
        Connections connections = new Connections(cardOfAll(8, 128, random), DEFAULT_RANGE, 0, 64, random);
        long destination = destination(random);
        connections.open(destination, 800);
        connections.world = ReceiveHash.nonlinear(8, random);
        connections.open(destination, 1_500);

        assertThat(connections.learned.state().phase()).isEqualTo(Phase.MEMORY_ONLY);
        assertThat(connections.open(destination, 500)).isGreaterThanOrEqualTo(475);
    }

    @Property(tries = 20)
    void livesWithUnevenWeights(@ForAll long seed) {
        Random random = new Random(seed);
        Connections connections =
                new Connections(ReceiveHash.weighted(128, random, 1, 2, 3, 4), DEFAULT_RANGE, 0, 64, random);
        long destination = destination(random);
        connections.open(destination, 3_000);

        assertThat(connections.open(destination, 1_000)).isGreaterThanOrEqualTo(500);
    }
}
