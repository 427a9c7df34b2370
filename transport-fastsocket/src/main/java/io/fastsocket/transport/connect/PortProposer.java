package io.fastsocket.transport.connect;

import io.fastsocket.transport.connect.Destinations.Destination;
import org.jspecify.annotations.Nullable;

/**
 * Proposes source ports to one loop, most promising first. For one thread; takes no lock, and allocates nothing for a
 * destination it was asked about before.
 *
 * <p>A connection asks {@link #first} once, and {@link #next} as often as the port is in use. Within one such search every
 * usable port is proposed before there are no more, none twice (but for what other threads learn meanwhile). The next search
 * goes on where this one stopped, so that connections spread over all promising ports.
 */
final class PortProposer {
    /** All usable ports have been proposed. */
    static final int NO_PORT = KnownPorts.NO_PORT;

    /** One search in so many tries a port that is not known although known ones are preferred. */
    private static final int SEARCHES_PER_TRIAL = 64;

    private static final int START_STEP = 7_919;

    private final LearnedPorts learned;
    private final int cpu;
    /** Where the next search for a new destination starts, so that not all destinations teach the same. */
    private int start;

    private final @Nullable Search[] searches = new @Nullable Search[Destinations.DESTINATIONS_MAX];
    private final Search unknown;

    /** Where the search for one destination stands. */
    private static final class Search {
        private final @Nullable Destination destination;
        private LearnedModel model;
        /** What the destination adds to labels, or {@link Destination#NO_SHIFT}. */
        private int shift = Destination.NO_SHIFT;
        /** The label to take ports from, or {@link LearnedModel#NO_LABEL}. */
        private int label;
        /** The label stands for this CPU alone: what is known of single ports does not matter. */
        private boolean sole;

        private boolean labelFirst;
        private int searches;
        private int knownAt;
        private int labelAt;
        private int allAt;
        private int knownLeft;
        private int labelLeft;
        private int allLeft;

        Search(@Nullable Destination destination, LearnedModel model, int start) {
            this.destination = destination;
            this.model = model;
            this.searches = start;
            this.labelAt = start;
            this.allAt = start;
        }
    }

    PortProposer(LearnedPorts learned, int cpu, int start) {
        this.learned = learned;
        this.cpu = cpu;
        this.start = start;
        this.unknown = new Search(null, learned.model(), start);
    }

    /** Begins a search for a connection's port: a usable port. */
    int first(long destination) {
        Search search = searchFor(destination);
        begin(search);
        return advance(search);
    }

    /** The port to try when the last one was refused, or {@link #NO_PORT} when all were. */
    int next(long destination) {
        return advance(searchFor(destination));
    }

    private Search searchFor(long key) {
        Destination destination = learned.find(key);
        if (destination == null) {
            return unknown;
        }
        Search search = searches[destination.place()];
        if (search == null || search.destination != destination) {
            start = (start + START_STEP) & Integer.MAX_VALUE;
            search = new Search(destination, learned.model(), start);
            searches[destination.place()] = search;
            begin(search);
        }
        return search;
    }

    private void begin(Search search) {
        LearnedModel model = learned.model();
        Destination destination = search.destination;
        search.model = model;
        search.sole = false;
        search.shift = Destination.NO_SHIFT;
        search.knownLeft = 0;
        search.label = model.isBlank() ? 0 : LearnedModel.NO_LABEL;
        if (destination != null) {
            destination.use();
            search.shift = model.isBlank() ? 0 : destination.shift(model.generation());
            int label = model.labelFor(cpu);
            if (search.shift != Destination.NO_SHIFT && label != LearnedModel.NO_LABEL) {
                search.label = label ^ search.shift;
                search.sole = model.soleCpu(label) == cpu;
            }
            search.knownLeft = search.sole ? 0 : destination.known().count(cpu);
        }
        search.labelLeft =
                search.label == LearnedModel.NO_LABEL ? 0 : model.buckets().count(search.label);
        search.allLeft = learned.portCount();
        search.labelFirst = model.explores() || ++search.searches % SEARCHES_PER_TRIAL == 0;
    }

    private int advance(Search search) {
        int port = search.labelFirst ? fromLabel(search) : fromKnown(search);
        if (port == NO_PORT) {
            port = search.labelFirst ? fromKnown(search) : fromLabel(search);
        }
        return port == NO_PORT ? fromAll(search) : port;
    }

    /** Ports that were seen to arrive on the CPU. */
    private int fromKnown(Search search) {
        while (search.knownLeft > 0 && search.destination != null) {
            search.knownLeft--;
            search.knownAt = (search.knownAt + 1) & Integer.MAX_VALUE;
            int port = search.destination.known().portOn(cpu, search.knownAt);
            if (!isElsewhere(search, port)) {
                return port;
            }
        }
        return NO_PORT;
    }

    /** The map tells another CPU: what was seen was a stray packet, or interrupts have moved since. */
    private boolean isElsewhere(Search search, int port) {
        if (search.shift == Destination.NO_SHIFT) {
            return false;
        }
        int sole = search.model.soleCpu(search.model.label(port) ^ search.shift);
        return sole != KnownPorts.NO_CPU && sole != cpu;
    }

    /** Ports of the label, but those of which more is known. */
    private int fromLabel(Search search) {
        PortBuckets buckets = search.model.buckets();
        while (search.labelLeft > 0) {
            search.labelLeft--;
            int count = buckets.count(search.label);
            search.labelAt = (search.labelAt + 1) % count;
            int port = buckets.port(search.label, search.labelAt);
            if (search.sole || cpuOf(search, port) == KnownPorts.NO_CPU) {
                return port;
            }
        }
        return NO_PORT;
    }

    /** The rest: of other labels, and those known to arrive elsewhere. */
    private int fromAll(Search search) {
        while (search.allLeft > 0) {
            search.allLeft--;
            search.allAt = (search.allAt + 1) % learned.portCount();
            int port = learned.port(search.allAt);
            if (!wasProposed(search, port)) {
                return port;
            }
        }
        return NO_PORT;
    }

    private boolean wasProposed(Search search, int port) {
        boolean ofLabel = search.label == search.model.label(port);
        if (search.sole) {
            return ofLabel;
        }
        int arrived = cpuOf(search, port);
        return arrived == KnownPorts.NO_CPU ? ofLabel : arrived == cpu && !isElsewhere(search, port);
    }

    private static int cpuOf(Search search, int port) {
        return search.destination == null
                ? KnownPorts.NO_CPU
                : search.destination.known().cpuOf(port);
    }
}
