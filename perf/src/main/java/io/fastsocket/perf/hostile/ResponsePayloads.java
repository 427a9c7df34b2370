package io.fastsocket.perf.hostile;

import static io.fastsocket.perf.hostile.Payloads.joined;
import static io.fastsocket.perf.hostile.Payloads.latin;
import static io.fastsocket.perf.hostile.Payloads.oneOf;

import java.util.random.RandomGenerator;

/** What a hostile origin answers to a request of HTTP/1.1. */
final class ResponsePayloads implements Payloads {
    private static final String[] VALID = {
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwiki\r\n0\r\nT: v\r\n\r\n",
        "HTTP/1.0 200 OK\r\n\r\nuntil the end",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\nfirst bytes",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n",
        "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    };

    @Override
    public byte[] next(RandomGenerator random) {
        return switch (random.nextInt(11)) {
            case 0 -> Payloads.random(1 + random.nextInt(4096), random);
            case 1, 2, 3 -> Mutation.of(latin(oneOf(VALID, random)), random);
            case 4 -> chunksThenGarbage(random);
            case 5 -> joined(latin(oneOf(VALID, random)), Payloads.random(random.nextInt(2048), random));
            case 6 -> joined(latin(oneOf(VALID, random)), Mutation.of(latin(oneOf(VALID, random)), random));
            case 7 -> hugeHead(random);
            case 8 ->
                latin("HTTP/1.1 200 OK\r\nContent-Length: " + random.nextInt(100) + "\r\n\r\n"
                        + "x".repeat(random.nextInt(100)));
            case 9 -> latin("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n".repeat(random.nextInt(500)));
            default -> new byte[0];
        };
    }

    private static byte[] chunksThenGarbage(RandomGenerator random) {
        return latin("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + "1\r\na\r\n".repeat(random.nextInt(9001))
                + "zz\r\n" + "x".repeat(random.nextInt(300)));
    }

    private static byte[] hugeHead(RandomGenerator random) {
        return latin("HTTP/1.1 200 " + "a".repeat(random.nextInt(50_000)) + "\r\n"
                + "X: y\r\n".repeat(random.nextInt(20_000)) + "\r\n");
    }
}
