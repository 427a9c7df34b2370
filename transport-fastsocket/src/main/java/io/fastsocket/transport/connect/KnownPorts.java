package io.fastsocket.transport.connect;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * The ports of one destination whose CPU has been seen. One thread at a time writes, any thread reads without waiting; a
 * reader may see the state before or after a write.
 */
final class KnownPorts {
    /** No CPU is known. */
    static final int NO_CPU = -1;

    static final int NO_PORT = 0;

    /** At most this many ports; the caller starts anew when it is reached. */
    static final int PORTS_MAX = 16_384;

    private static final int CPU_MASK = 0x1fff;
    /** The port has last arrived on another CPU, once. */
    private static final int DOUBT = 0x2000;

    private static final int SLOTS_MIN = 16;
    private static final PortList NONE = new PortList(new char[0], 0);

    /** Open addressing, at most half full: the port in the upper 16 bits, a doubt, the CPU; 0 is free. */
    private volatile AtomicIntegerArray slots = new AtomicIntegerArray(SLOTS_MIN);

    private volatile PortList[] byCpu = new PortList[0];
    /** The writer's. */
    private int size;

    /** Ports in the order they were seen: what is below the size does not change any more. */
    private static final class PortList {
        private final char[] ports;
        private volatile int size;

        PortList(char[] ports, int size) {
            this.ports = ports;
            this.size = size;
        }
    }

    /** The CPU on which a port is known to arrive, or {@link #NO_CPU}. */
    int cpuOf(int port) {
        AtomicIntegerArray seen = slots;
        int entry = seen.get(slotOf(seen, port));
        return entry == 0 ? NO_CPU : entry & CPU_MASK;
    }

    /** How many ports are known; for the writer. */
    int size() {
        return size;
    }

    /** How many ports are known to arrive on a CPU. */
    int count(int cpu) {
        return on(cpu).size;
    }

    /** One of those ports, by a number that may be any that is not negative, or {@link #NO_PORT} if there is none. */
    int portOn(int cpu, int number) {
        PortList list = on(cpu);
        int count = list.size;
        return count == 0 ? NO_PORT : list.ports[number % count];
    }

    /** The port that was last found to arrive on a CPU, or {@link #NO_PORT}. */
    int lastOn(int cpu) {
        PortList list = on(cpu);
        int count = list.size;
        return count == 0 ? NO_PORT : list.ports[count - 1];
    }

    private PortList on(int cpu) {
        PortList[] lists = byCpu;
        return cpu < lists.length ? lists[cpu] : NONE;
    }

    /**
     * Writes down that a port arrived on a CPU. A stray packet does not count: a port that was seen elsewhere moves when that
     * is contradicted twice in a row.
     *
     * @return whether this is where the port is now known to arrive, and was not before
     */
    boolean remember(int port, int cpu) {
        AtomicIntegerArray seen = slots;
        int slot = slotOf(seen, port);
        int entry = seen.get(slot);
        if (entry == 0) {
            size++;
        } else if ((entry & CPU_MASK) == cpu) {
            seen.set(slot, entry & ~DOUBT);
            return false;
        } else if ((entry & DOUBT) == 0) {
            seen.set(slot, entry | DOUBT);
            return false;
        } else {
            remove(entry & CPU_MASK, port);
        }
        append(cpu, port);
        seen.set(slot, (port << 16) | cpu);
        if (size * 2 > seen.length()) {
            grow();
        }
        return true;
    }

    private void append(int cpu, int port) {
        if (cpu >= byCpu.length) {
            PortList[] more = Arrays.copyOf(byCpu, cpu + 1);
            Arrays.fill(more, byCpu.length, more.length, NONE);
            byCpu = more;
        }
        PortList list = byCpu[cpu];
        int count = list.size;
        if (count == list.ports.length) {
            list = replace(cpu, new PortList(Arrays.copyOf(list.ports, Math.max(4, count * 2)), count));
        }
        list.ports[count] = (char) port;
        list.size = count + 1;
    }

    private void remove(int cpu, int port) {
        PortList list = byCpu[cpu];
        char[] left = new char[list.ports.length];
        int count = 0;
        for (int i = 0; i < list.size; i++) {
            if (list.ports[i] != port) {
                left[count++] = list.ports[i];
            }
        }
        replace(cpu, new PortList(left, count));
    }

    private PortList replace(int cpu, PortList list) {
        PortList[] lists = byCpu.clone();
        lists[cpu] = list;
        byCpu = lists;
        return list;
    }

    private void grow() {
        AtomicIntegerArray from = slots;
        AtomicIntegerArray to = new AtomicIntegerArray(from.length() * 2);
        for (int i = 0; i < from.length(); i++) {
            int entry = from.get(i);
            if (entry != 0) {
                to.setPlain(slotOf(to, entry >>> 16), entry);
            }
        }
        slots = to;
    }

    /** Where a port stands, or the free slot where it would. */
    private static int slotOf(AtomicIntegerArray slots, int port) {
        int mask = slots.length() - 1;
        int slot = ((port * 0x9E3779B1) >>> 16) & mask;
        for (int entry = slots.get(slot); entry != 0 && entry >>> 16 != port; entry = slots.get(slot)) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }
}
