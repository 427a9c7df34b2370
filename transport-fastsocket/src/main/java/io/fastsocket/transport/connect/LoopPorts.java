package io.fastsocket.transport.connect;

import io.fastsocket.transport.connect.OutgoingAddress.Mode;
import io.fastsocket.transport.engine.CpuOwners;
import io.fastsocket.transport.engine.PinnedLoop;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The source ports of one local address as one loop chooses among them, and how it fared. Used by that loop alone. */
final class LoopPorts {
    /** Connections of this loop before learned ports are judged: what is not affine has to be tried port by port. */
    private static final int LEARNED_GRACE = 512;
    /** In how many verified connections a better mode is considered once. */
    private static final int CONSIDER_EVERY = 64;

    private final OutgoingAddress address;
    private final PinnedLoop loop;
    private final List<PinnedLoop> loops;
    private final CpuOwners owners;
    private final @Nullable LearnedChooser learnedChooser;
    private final OutcomeWindow window = new OutcomeWindow();
    /** How the card's map would have done, while a lower mode is in force. */
    private final OutcomeWindow shadow = new OutcomeWindow();

    private Mode seen;
    private @Nullable PortChooser chooser;
    private int verifiedInMode;
    private int anyTurn = ThreadLocalRandom.current().nextInt(1 << 16);

    LoopPorts(OutgoingAddress address, PinnedLoop loop, List<PinnedLoop> loops, CpuOwners owners) {
        this.address = address;
        this.loop = loop;
        this.loops = loops;
        this.owners = owners;
        this.learnedChooser = address.learned() == null ? null : new LearnedChooser(address.learned(), loop.cpu());
        this.seen = address.mode();
        this.chooser = newChooser(seen);
    }

    OutgoingAddress address() {
        return address;
    }

    FlowMode mode() {
        look();
        return seen.flow();
    }

    /** What offers the ports of the mode in force; null for any port. */
    @Nullable
    PortChooser chooser() {
        look();
        return chooser;
    }

    /** Any usable port, another one at each call; {@link PortChooser#NONE} where there is none. */
    int anyPort() {
        LocalPorts ports = address.ports();
        return ports.count() == 0 ? PortChooser.NONE : ports.at((anyTurn++ & Integer.MAX_VALUE) % ports.count());
    }

    private void look() {
        Mode now = address.mode();
        if (now.version() == seen.version()) {
            return;
        }
        if (now.flow() != seen.flow() || now.computed() != seen.computed()) {
            chooser = newChooser(now);
        }
        seen = now;
        window.clear();
        shadow.clear();
        verifiedInMode = 0;
    }

    private @Nullable PortChooser newChooser(Mode mode) {
        return switch (mode.flow()) {
            case PORT_BITS ->
                address.portBits() == null
                        ? null
                        : new ResiduePorts(
                                address.portBits(),
                                loop.index(),
                                ThreadLocalRandom.current().nextInt(1 << 16));
            case COMPUTED ->
                mode.computed() == null
                        ? null
                        : new SourcePortSelector(mode.computed(), this::isMine, ThreadLocalRandom.current());
            case LEARNED -> learnedChooser;
            case ANY -> null;
        };
    }

    private boolean isMine(int cpu) {
        return owners.loopOf(cpu) == loop.index();
    }

    /**
     * The first bytes of a connection arrived.
     *
     * @param flow how its port was chosen
     * @param cpu where they were received
     */
    void verified(FlowMode flow, InetSocketAddress remote, int port, int cpu) {
        look();
        verifiedInMode++;
        boolean hit = isMine(cpu);
        if (flow == seen.flow()) {
            judge(hit);
        }
        if (seen.flow().compareTo(FlowMode.COMPUTED) > 0) {
            learn(remote, port, cpu);
            compare(remote, port, cpu);
        }
        if (verifiedInMode % CONSIDER_EVERY == 0 && seen.flow() != address.bestMode()) {
            address.considerMore(seen);
        }
    }

    private void judge(boolean hit) {
        window.record(hit);
        boolean judged =
                switch (seen.flow()) {
                    case PORT_BITS, COMPUTED -> true;
                    case LEARNED -> verifiedInMode > LEARNED_GRACE;
                    case ANY -> false;
                };
        if (judged && !hit && window.looksWrong()) {
            address.looksWrong(seen, window);
        }
    }

    private void learn(InetSocketAddress remote, int port, int cpu) {
        if (learnedChooser != null && address.learned() != null) {
            address.learned().observe(learnedChooser.key(remote), port, cpuThatStandsFor(cpu));
        }
    }

    /** Hardware threads of a core are one to their loop. */
    private int cpuThatStandsFor(int cpu) {
        int owner = owners.loopOf(cpu);
        return owner == CpuOwners.NO_LOOP ? cpu : loops.get(owner).cpu();
    }

    private void compare(InetSocketAddress remote, int port, int cpu) {
        ComputedPorts computed = seen.computed();
        if (computed != null) {
            shadow.record(computed.cpuAfter(computed.baseHash(remote), port) == cpu);
            if (shadow.isRight()) {
                address.wouldBeRight(seen);
            }
        }
    }
}
