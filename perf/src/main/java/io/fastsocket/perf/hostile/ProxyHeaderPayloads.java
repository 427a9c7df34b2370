package io.fastsocket.perf.hostile;

import static io.fastsocket.perf.hostile.Payloads.joined;
import static io.fastsocket.perf.hostile.Payloads.latin;
import static io.fastsocket.perf.hostile.Payloads.oneOf;

import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/** A PROXY header, right or wrong, and what others would send behind it. */
final class ProxyHeaderPayloads implements Payloads {
    private static final byte[] SIGNATURE = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};

    private static final String[] VERSION_1 = {
        "PROXY TCP4 192.0.2.1 192.0.2.2 5000 80\r\n",
        "PROXY TCP6 2001:db8::1 2001:db8::2 5000 80\r\n",
        "PROXY UNKNOWN\r\n",
        "PROXY TCP4 999.0.2.1 x 70000 -1\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 5000 80" + " ".repeat(100) + "\r\n",
        "PROXY UNKNOWN " + "a".repeat(200),
        "PROXY \r\n",
        "PROXY TCP4\r\n",
    };

    /** Of TLVs as they are, and of one that is none. */
    private static final int[] TYPES = {0x01, 0x02, 0x03, 0x04, 0x05, 0x20, 0x21, 0x30, 0xe0, 0xff};

    private final Payloads behind;

    ProxyHeaderPayloads(Payloads behind) {
        this.behind = behind;
    }

    @Override
    public byte[] next(RandomGenerator random) {
        return switch (random.nextInt(5)) {
            case 0 -> behind.next(random);
            case 1 -> header(random);
            default -> joined(header(random), behind.next(random));
        };
    }

    /** Half of them are good. */
    byte[] header(RandomGenerator random) {
        byte[] header = random.nextBoolean() ? latin(oneOf(VERSION_1, random)) : version2(random);
        return random.nextInt(4) == 0 ? Mutation.of(header, random) : header;
    }

    private static byte[] version2(RandomGenerator random) {
        byte[] tlvs = tlvs(random);
        boolean right = random.nextBoolean();
        ByteBuffer header = ByteBuffer.allocate(SIGNATURE.length + 4 + 12 + tlvs.length);
        header.put(SIGNATURE);
        header.put((byte) (right ? 0x21 : random.nextInt(256)));
        header.put((byte) (right ? 0x11 : random.nextInt(256)));
        header.putShort((short) (random.nextInt(4) > 0 ? 12 + tlvs.length : random.nextInt(1 << 16)));
        header.putInt(0xc0000201).putInt(0xc0000202).putShort((short) 5000).putShort((short) 80);
        return header.put(tlvs).array();
    }

    private static byte[] tlvs(RandomGenerator random) {
        byte[] all = new byte[0];
        for (int count = random.nextInt(4); count > 0; count--) {
            byte[] value = Payloads.random(random.nextInt(600), random);
            int length = random.nextInt(4) > 0 ? value.length : random.nextInt(1 << 16);
            byte[] head = {(byte) TYPES[random.nextInt(TYPES.length)], (byte) (length >> 8), (byte) length};
            all = joined(all, joined(head, value));
        }
        return all;
    }
}
