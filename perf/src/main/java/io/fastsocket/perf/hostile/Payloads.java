package io.fastsocket.perf.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Makes what a peer sends on one connection. */
interface Payloads {
    byte[] next(RandomGenerator random);

    static byte[] latin(String text) {
        return text.getBytes(ISO_8859_1);
    }

    static byte[] random(int length, RandomGenerator random) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    static byte[] joined(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    static <T> T oneOf(T[] all, RandomGenerator random) {
        return all[random.nextInt(all.length)];
    }
}
