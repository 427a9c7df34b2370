package io.fastsocket.transport.connect;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A network card's Toeplitz hash with a random key and an indirection table, as seen from one local address: on which CPU
 * the answers of a destination to a port arrive.
 */
final class ReceiveHash implements World {
    private static final int LOCAL_ADDRESS = 0xc0a80107;

    private final byte[] key;
    private final int[] table;
    private final int[] cpuOfQueue;

    private ReceiveHash(byte[] key, int[] table, int[] cpuOfQueue) {
        this.key = key;
        this.table = table;
        this.cpuOfQueue = cpuOfQueue;
    }

    /** A table in which queues take turns, as drivers set it, and queues on CPUs in any order. */
    static ReceiveHash spread(int queues, int tableSize, Random random) {
        return new ReceiveHash(
                randomKey(random),
                IntStream.range(0, tableSize).map(i -> i % queues).toArray(),
                shuffled(queues, random));
    }

    /** A table in which queue i stands {@code weights[i]} times, one after the other, as {@code ethtool -X weight} sets it. */
    static ReceiveHash weighted(int tableSize, Random random, int... weights) {
        int all = Arrays.stream(weights).sum();
        int[] table = new int[tableSize];
        for (int i = 0; i < tableSize; i++) {
            int queue = -1;
            for (int sum = 0; sum <= (long) i * all / tableSize; sum += weights[queue]) {
                queue++;
            }
            table[i] = queue;
        }
        return new ReceiveHash(randomKey(random), table, shuffled(weights.length, random));
    }

    /** The same card after its interrupts were moved among the CPUs. */
    ReceiveHash withOtherCpus(Random random) {
        return new ReceiveHash(key, table, shuffled(cpuOfQueue.length, random));
    }

    @Override
    public int cpu(long destination, int port) {
        int remoteAddress = (int) (destination >>> 16);
        int remotePort = (int) (destination & 0xffff);
        long first = ((long) remoteAddress << 32) | (LOCAL_ADDRESS & 0xffffffffL);
        int hash = hash(key, 0, first, 64) ^ hash(key, 64, ((long) remotePort << 48) | ((long) port << 32), 32);
        return cpuOfQueue[table[hash & (table.length - 1)]];
    }

    @Override
    public List<Integer> cpus() {
        return Arrays.stream(cpuOfQueue).boxed().toList();
    }

    /** The hash of the first bits of a number that stands {@code offset} bits behind the start of the input. */
    static int hash(byte[] key, int offset, long input, int bits) {
        int hash = 0;
        for (int bit = 0; bit < bits; bit++) {
            if (input << bit < 0) {
                hash ^= window(key, offset + bit);
            }
        }
        return hash;
    }

    private static int window(byte[] key, int bit) {
        long octets = 0;
        for (int i = 0; i < 5; i++) {
            octets = (octets << 8) | (key[bit / 8 + i] & 0xff);
        }
        return (int) (octets >>> (8 - bit % 8));
    }

    private static byte[] randomKey(Random random) {
        byte[] key = new byte[random.nextBoolean() ? 40 : 52];
        random.nextBytes(key);
        return key;
    }

    private static int[] shuffled(int queues, Random random) {
        List<Integer> cpus = new ArrayList<>(IntStream.range(0, queues).boxed().toList());
        Collections.shuffle(cpus, random);
        return cpus.stream().mapToInt(Integer::intValue).toArray();
    }

    /** A map without any structure. */
    static World nonlinear(int cpus, Random random) {
        long salt = random.nextLong();
        List<Integer> all = IntStream.range(0, cpus).boxed().toList();
        return World.of(all, (destination, port) -> {
            long mixed = (destination * 0x9E3779B97F4A7C15L + port + salt) * 0xBF58476D1CE4E5B9L;
            mixed = (mixed ^ (mixed >>> 29)) * 0x94D049BB133111EBL;
            return (int) Long.remainderUnsigned(mixed ^ (mixed >>> 32), cpus);
        });
    }
}
