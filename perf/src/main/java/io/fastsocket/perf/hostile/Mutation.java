package io.fastsocket.perf.hostile;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Makes something else of valid bytes: bits flipped, parts cut out, doubled or put in between. */
final class Mutation {
    private static final byte[][] INSERTIONS = {
        {'\r', '\n'},
        {'\n'},
        {'\r'},
        {0},
        {'\r', '\n', '\r', '\n'},
        {' '},
        {'\t'},
        {':'},
        {(byte) 0xff},
        {0x7f},
        {',', ' '}
    };

    private static final int CHANGES_MAX = 4;

    private Mutation() {}

    static byte[] of(byte[] valid, RandomGenerator random) {
        byte[] changed = valid;
        for (int changes = 1 + random.nextInt(CHANGES_MAX); changes > 0 && changed.length > 0; changes--) {
            changed = once(changed, random);
        }
        return changed;
    }

    private static byte[] once(byte[] bytes, RandomGenerator random) {
        int at = random.nextInt(bytes.length);
        int end = at + random.nextInt(Math.min(64, bytes.length - at) + 1);
        return switch (random.nextInt(6)) {
            case 0 -> flipped(bytes, at, random);
            case 1 -> Arrays.copyOf(bytes, at);
            case 2 -> Payloads.joined(Arrays.copyOf(bytes, end), Arrays.copyOfRange(bytes, at, bytes.length));
            case 3 -> Payloads.joined(Arrays.copyOf(bytes, at), Arrays.copyOfRange(bytes, end, bytes.length));
            case 4 -> inserted(bytes, at, INSERTIONS[random.nextInt(INSERTIONS.length)]);
            default -> inserted(bytes, at, Payloads.random(1 + random.nextInt(32), random));
        };
    }

    private static byte[] flipped(byte[] bytes, int at, RandomGenerator random) {
        byte[] flipped = bytes.clone();
        flipped[at] ^= (byte) (1 << random.nextInt(8));
        return flipped;
    }

    private static byte[] inserted(byte[] bytes, int at, byte[] insertion) {
        ByteArrayOutputStream all = new ByteArrayOutputStream(bytes.length + insertion.length);
        all.write(bytes, 0, at);
        all.writeBytes(insertion);
        all.write(bytes, at, bytes.length - at);
        return all.toByteArray();
    }
}
