package io.fastsocket.perf.hostile;

import static io.fastsocket.perf.hostile.Payloads.joined;
import static io.fastsocket.perf.hostile.Payloads.latin;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/** What a hostile client says to a server of TLS before there is a session: a hello, right or wrong, and other records. */
final class HelloPayloads implements Payloads {
    private static final byte[] HELLO = hello();

    @Override
    public byte[] next(RandomGenerator random) {
        return switch (random.nextInt(10)) {
            case 0 -> Payloads.random(1 + random.nextInt(4096), random);
            case 1 -> HELLO;
            case 2, 3 -> Mutation.of(HELLO, random);
            case 4 -> Arrays.copyOf(HELLO, random.nextInt(HELLO.length));
            case 5 -> joined(HELLO, Payloads.random(random.nextInt(2048), random));
            case 6 -> joined(HELLO, record(random));
            case 7 -> record(random);
            case 8 -> latin("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            default -> joined(HELLO, HELLO);
        };
    }

    /** One record: its type and its length may be wrong, and so is its content. */
    private static byte[] record(RandomGenerator random) {
        byte[] content = Payloads.random(random.nextInt(20_000), random);
        int type = random.nextInt(3) > 0 ? 20 + random.nextInt(5) : random.nextInt(256);
        int length = random.nextInt(3) > 0 ? content.length : random.nextInt(1 << 16);
        byte[] head = {(byte) type, 3, (byte) random.nextInt(5), (byte) (length >> 8), (byte) length};
        return joined(head, content);
    }

    private static byte[] hello() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, null, null);
            SSLEngine engine = context.createSSLEngine();
            engine.setUseClientMode(true);
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName("localhost")));
            engine.setSSLParameters(parameters);
            ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
            engine.wrap(ByteBuffer.allocate(0), hello);
            return Arrays.copyOf(hello.array(), hello.position());
        } catch (GeneralSecurityException | SSLException e) {
            throw new IllegalStateException("the JDK makes no client hello: " + e, e);
        }
    }
}
