package io.fastsocket.transport.connect;

import io.fastsocket.transport.connect.Destinations.Destination;
import java.util.BitSet;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which source ports of one local address make the answers of a destination arrive on a wanted CPU, learned from
 * connections alone; serves the choice of a port where the card's key cannot be read. One for all event loops.
 *
 * <p>The receive hash is affine over GF(2), so a port's share of it is one linear map for all destinations, and a destination
 * shifts its values by an XOR. {@link SameCpuSearch} finds that map from ports of one destination that arrived on one CPU;
 * a destination's shift then shows in one connection. Beside it a bounded memory of (destination, port) to CPU serves maps
 * that are not affine, or not wholly. What is learned is forgotten when predictions begin to miss.
 *
 * <p>{@link #observe} may be called by any thread; it never waits. Proposers take no lock.
 */
final class LearnedPorts {
    /** The highest CPU number of a kernel, NR_CPUS - 1 (arch/x86/Kconfig). */
    static final int CPU_MAX = 8_191;
    /** So many ports are proposed to learn from before known ones are preferred. */
    static final int LEARNING_PORTS = 256;
    /** At most this many (destination, port) pairs are remembered. */
    static final int REMEMBERED_MAX = 65_536;

    /** Attempts for each new port while it is likely that one succeeds, and in how many ports one is made later. */
    private static final int ATTEMPTS = 4;

    private static final int BUSY_PORTS = 512;
    private static final int PORTS_PER_LATE_ATTEMPT = 8;
    /** A result is taken when so many attempts have found no finer one. */
    private static final int ATTEMPTS_TO_SETTLE = 16;

    /** A map that holds for fewer observations was no map. */
    private static final int FLEETING = 2_000;

    private final int[] ports;
    private final BitSet usable = new BitSet(PortBuckets.PORT_MAX + 1);
    private final PortSpan usableSpan;
    private final RandomGenerator random;
    private final Destinations destinations = new Destinations();
    private final LongAdder dropped = new LongAdder();

    private volatile LearnedModel model;

    // ---- what follows is guarded by the lock

    private final ReentrantLock lock = new ReentrantLock();
    private final SameCpuSearch search;
    private final RecentPorts recent = new RecentPorts();
    private final CpuLabels cpus = new CpuLabels();
    private final MissRate modelMisses = new MissRate();
    private final MissRate memoryMisses = new MissRate();
    private int[] best = new int[0];
    private int attemptsSinceBest;
    /** The dimension of the space that does not change the label; the usable one's while nothing is known. */
    private int rank;

    /** What a map must show before it is trusted; more after one that did not hold for long. */
    private SameCpuSearch.Proof proof = SameCpuSearch.TRUST;

    private long adoptedAt;
    private int newPorts;
    private int remembered;
    private int generation = 1;
    private long observations;
    private long forgotten;

    /**
     * @param usablePorts the ports that may be proposed, 1 to 65535 each, none twice: those of ip_local_port_range(ip(7))
     *     but the reserved ones, in any order
     * @param random shuffles them and chooses what is tried; used by one thread at a time
     * @throws IllegalArgumentException if there is no port, or one out of range or given twice
     */
    LearnedPorts(int[] usablePorts, RandomGenerator random) {
        this.ports = shuffled(usablePorts, random);
        this.random = random;
        for (int port : ports) {
            if (usable.get(PortBuckets.requirePort(port))) {
                throw new IllegalArgumentException("cannot learn ports: port=" + port
                        + " (expected once): given twice; fix: give the usable ports as a set");
            }
            usable.set(port);
        }
        this.usableSpan = PortSpan.ofDifferences(ports);
        this.search = new SameCpuSearch(usableSpan.dimension(), random);
        this.rank = usableSpan.dimension();
        this.model = blank();
    }

    private static int[] shuffled(int[] usablePorts, RandomGenerator random) {
        if (usablePorts.length == 0) {
            throw new IllegalArgumentException(
                    "cannot learn ports: usablePorts=[] (expected one at least): no port may be"
                            + " used; fix: widen net.ipv4.ip_local_port_range or reserve less");
        }
        int[] ports = usablePorts.clone();
        for (int i = ports.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int port = ports[i];
            ports[i] = ports[other];
            ports[other] = port;
        }
        return ports;
    }

    private LearnedModel blank() {
        return LearnedModel.blank(generation, PortBuckets.of(ports, 1, port -> 0));
    }

    // ---- asking

    /** Proposes ports to one loop, the one of a CPU. */
    PortProposer proposer(int cpu) {
        lock.lock();
        try {
            return new PortProposer(this, cpu, random.nextInt(PortBuckets.PORT_MAX));
        } finally {
            lock.unlock();
        }
    }

    /** The CPU on which answers to a port are expected, or {@link KnownPorts#NO_CPU}. */
    int predictedCpu(long destination, int port) {
        Destination known = destinations.find(destination);
        if (known == null || !usable.get(port)) {
            return KnownPorts.NO_CPU;
        }
        int sole = soleCpu(known, port);
        return sole != KnownPorts.NO_CPU ? sole : known.known().cpuOf(port);
    }

    /** The CPU that the map alone tells, or {@link KnownPorts#NO_CPU}. */
    private int soleCpu(Destination destination, int port) {
        LearnedModel now = model;
        int shift = destination.shift(now.generation());
        return now.isBlank() || shift == Destination.NO_SHIFT
                ? KnownPorts.NO_CPU
                : now.soleCpu(now.label(port) ^ shift);
    }

    LearnedState state() {
        lock.lock();
        try {
            return new LearnedState(
                    model.phase(),
                    model.buckets().labels(),
                    observations,
                    dropped.sum(),
                    destinations.count(),
                    destinations.ports(),
                    forgotten);
        } finally {
            lock.unlock();
        }
    }

    LearnedModel model() {
        return model;
    }

    @Nullable
    Destination find(long destination) {
        return destinations.find(destination);
    }

    int portCount() {
        return ports.length;
    }

    /** The usable ports, shuffled. */
    int port(int index) {
        return ports[index];
    }

    // ---- learning

    /**
     * A connection's packets arrived on a CPU. Ignored if the port is not one of the usable ones, the CPU is not known, or
     * another thread observes just now.
     *
     * @param destination any number that stands for the remote address and port
     * @param port the local port
     * @param cpu what SO_INCOMING_CPU (socket(7)) says
     */
    void observe(long destination, int port, int cpu) {
        if (cpu < 0 || cpu > CPU_MAX || port < 0 || !usable.get(port)) {
            return;
        }
        if (!lock.tryLock()) {
            dropped.increment();
            return;
        }
        try {
            learn(destinations.findOrAdd(destination), port, cpu);
        } finally {
            lock.unlock();
        }
    }

    private void learn(Destination destination, int port, int cpu) {
        observations++;
        KnownPorts known = destination.known();
        int before = known.cpuOf(port);
        int neighbour = known.lastOn(cpu);
        if (before != KnownPorts.NO_CPU) {
            // Where the map tells the CPU, what is remembered of single ports otherwise was a stray packet's, or is out
            // of date.
            memoryMisses.record(before != cpu && soleCpu(destination, port) != cpu);
        }
        vote(destination, port, cpu, before == KnownPorts.NO_CPU);
        if (remember(destination, port, cpu)) {
            recent.add(destination.key(), port, cpu);
            if (neighbour != KnownPorts.NO_PORT) {
                search.add(port ^ neighbour);
            }
            seek();
        }
        if (modelMisses.saysChanged() || memoryMisses.saysChanged()) {
            forget();
        }
    }

    private boolean remember(Destination destination, int port, int cpu) {
        if (destination.known().size() >= KnownPorts.PORTS_MAX) {
            destination.forgetPorts();
        }
        boolean isNew = destination.known().remember(port, cpu);
        if (isNew && ++remembered > REMEMBERED_MAX) {
            destinations.dropPorts(destination, REMEMBERED_MAX / 2);
            remembered = destinations.ports();
        }
        return isNew;
    }

    /** Looks for a map, or for a finer one than there is. */
    private void seek() {
        newPorts++;
        if (newPorts >= LEARNING_PORTS && model.explores()) {
            model = model.explored();
        }
        boolean busy = newPorts <= BUSY_PORTS;
        if (!busy && newPorts % PORTS_PER_LATE_ATTEMPT != 0) {
            return;
        }
        for (int i = 0; i < (busy ? ATTEMPTS : 1); i++) {
            attempt();
        }
        if (best.length > 0 && attemptsSinceBest >= (busy ? ATTEMPTS_TO_SETTLE : 0)) {
            adopt();
        }
    }

    private void attempt() {
        int[] found = search.attempt(model.isBlank() ? proof : SameCpuSearch.STRICT);
        attemptsSinceBest++;
        if (found.length > 0 && found.length < (best.length > 0 ? best.length : rank)) {
            best = found;
            attemptsSinceBest = 0;
        }
    }

    private void adopt() {
        generation++;
        rank = best.length;
        model = LearnedModel.affine(generation, model.explores(), PortLabels.of(best, usableSpan), ports);
        best = new int[0];
        cpus.clear();
        findLatest().shift(generation, 0);
        // Twice, because the shift of one destination may rest on a CPU that another one shows.
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < recent.size(); i++) {
                Destination destination = destinations.find(recent.destination(i));
                if (destination != null) {
                    vote(destination, recent.port(i), recent.cpu(i), round == 1);
                }
            }
        }
        modelMisses.reset();
        adoptedAt = observations;
    }

    private Destination findLatest() {
        return destinations.findOrAdd(recent.destination(recent.size() - 1));
    }

    /** Lets an observation speak about the label of its CPU and the shift of its destination. */
    private void vote(Destination destination, int port, int cpu, boolean isNew) {
        LearnedModel now = model;
        if (now.isBlank()) {
            return;
        }
        int label = now.label(port);
        int shift = destination.shift(now.generation());
        int cpuLabel = cpus.label(cpu);
        if (shift == Destination.NO_SHIFT) {
            if (cpuLabel != LearnedModel.NO_LABEL) {
                destination.shift(now.generation(), label ^ cpuLabel);
            }
            return;
        }
        if (cpuLabel == LearnedModel.NO_LABEL) {
            cpus.assign(cpu, label ^ shift);
            cpus.see(cpu);
            model = now.with(cpus);
            return;
        }
        boolean hit = cpuLabel == (label ^ shift);
        modelMisses.record(!hit);
        if (!hit) {
            blame(destination, cpu, label);
            return;
        }
        destination.shiftScore = Math.min(destination.shiftScore + 1, CpuLabels.SCORE_MAX);
        cpus.confirm(cpu);
        if (isNew) {
            cpus.see(cpu);
            if (cpus.soleCpu(cpuLabel) != now.soleCpu(cpuLabel)) {
                model = now.with(cpus);
            }
        }
    }

    /**
     * Either the CPU has another label now, or the destination another shift. Both lose support: what is right wins it back
     * with the next hits, the CPU at other destinations, the shift on other CPUs.
     */
    private void blame(Destination destination, int cpu, int label) {
        cpus.doubt(cpu);
        destination.shiftScore--;
        if (cpus.score(cpu) < 0 && cpus.score(cpu) <= destination.shiftScore) {
            cpus.assign(cpu, label ^ destination.shift(generation));
            cpus.see(cpu);
            model = model.with(cpus);
        } else if (destination.shiftScore < 0) {
            destination.shift(generation, label ^ cpus.label(cpu));
        }
    }

    private void forget() {
        boolean fleeting = !model.isBlank() && observations - adoptedAt < FLEETING;
        proof = fleeting ? SameCpuSearch.STRICT : SameCpuSearch.TRUST;
        forgotten++;
        generation++;
        rank = usableSpan.dimension();
        best = new int[0];
        newPorts = 0;
        remembered = 0;
        search.clear();
        recent.clear();
        cpus.clear();
        destinations.clear();
        modelMisses.reset();
        memoryMisses.reset();
        model = blank();
    }
}
