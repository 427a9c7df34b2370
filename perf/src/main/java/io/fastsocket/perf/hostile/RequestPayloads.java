package io.fastsocket.perf.hostile;

import static io.fastsocket.perf.hostile.Payloads.joined;
import static io.fastsocket.perf.hostile.Payloads.latin;
import static io.fastsocket.perf.hostile.Payloads.oneOf;

import java.util.random.RandomGenerator;

/** What a hostile client says to a server of HTTP/1.1. */
final class RequestPayloads implements Payloads {
    private static final String[] VALID = {
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /bytes/100000 HTTP/1.1\r\nHost: a\r\n\r\n",
        "HEAD /bytes/9 HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.0\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n0123456789GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\nwiki\r\n0\r\nT: v\r\n\r\n",
        "PUT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc",
        "GET /metrics HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\nGET /events HTTP/1.1\r\nHost: a\r\n\r\n",
    };

    private static final String[] CHUNK_HEADS = {
        "zz",
        "-1\r\n",
        "ffffffffffffffff\r\n",
        "7fffffff\r\n",
        "80000000\r\n",
        "\r\n",
        " 1\r\n",
        "1 \r\n",
        "0x1\r\n",
        "1;",
        "1\n",
        "g\r\n",
        "1\r\nab\r\n",
        "0\r\nbad trailer\r\n\r\n",
        "0\r\nX: y\0\r\n\r\n",
        "\0\0\r\n",
        "00000000000000001\r\n"
    };

    private static final String[] UPGRADES = {
        "websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13", "h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
                "foo",
        "", "websocket, foo", "TLS/1.0"
    };

    private static final String[] EXPECTATIONS = {"100-continue", "200-ok", "100-continue, 100-continue", "\0", ""};

    @Override
    public byte[] next(RandomGenerator random) {
        return switch (random.nextInt(14)) {
            case 0 -> Payloads.random(1 + random.nextInt(4096), random);
            case 1, 2, 3 -> Mutation.of(latin(oneOf(VALID, random)), random);
            case 4, 5 -> chunksThenGarbage(random);
            case 6 -> hugeHead(random);
            case 7 -> flood(random);
            case 8 -> latin("GET /bytes/67108864 HTTP/1.1\r\nHost: a\r\n\r\n");
            case 9 -> expectation(random);
            case 10 -> upgrade(random);
            case 11 ->
                joined(latin("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), Payloads.random(random.nextInt(2048), random));
            case 12 -> new byte[0];
            default ->
                random.nextBoolean() ? new HelloPayloads().next(random) : new ProxyHeaderPayloads(this).header(random);
        };
    }

    /** One or more requests with nothing wrong about them. */
    static byte[] valid(RandomGenerator random) {
        return latin(oneOf(VALID, random).repeat(1 + random.nextInt(3)));
    }

    private static byte[] chunksThenGarbage(RandomGenerator random) {
        String head = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        return latin(head
                + "1\r\na\r\n".repeat(random.nextInt(9001))
                + oneOf(CHUNK_HEADS, random)
                + (random.nextBoolean() ? "\r\n" : "")
                + "x".repeat(random.nextInt(300)));
    }

    private static byte[] hugeHead(RandomGenerator random) {
        return latin(
                switch (random.nextInt(4)) {
                    case 0 -> "GET /" + "a".repeat(random.nextInt(200_000)) + " HTTP/1.1\r\nHost: a\r\n\r\n";
                    case 1 -> "GET / HTTP/1.1\r\nHost: a\r\nX: " + "a".repeat(random.nextInt(200_000)) + "\r\n\r\n";
                    case 2 -> "GET / HTTP/1.1\r\nHost: a\r\n" + "X: y\r\n".repeat(random.nextInt(30_000)) + "\r\n";
                    default -> "GET / HTTP/1.1\r\nHost: a\r\n" + ":\r\n".repeat(random.nextInt(30_000));
                });
    }

    private static byte[] flood(RandomGenerator random) {
        return latin(oneOf(VALID, random).repeat(1 + random.nextInt(2000)));
    }

    private static byte[] expectation(RandomGenerator random) {
        return latin("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: " + oneOf(EXPECTATIONS, random)
                + (random.nextBoolean() ? "\r\nContent-Length: 99999999" : "\r\nTransfer-Encoding: chunked")
                + "\r\n\r\n"
                + (random.nextBoolean() ? oneOf(CHUNK_HEADS, random) : ""));
    }

    private static byte[] upgrade(RandomGenerator random) {
        byte[] head = latin(
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: " + oneOf(UPGRADES, random) + "\r\n\r\n");
        return joined(head, Payloads.random(random.nextInt(1000), random));
    }
}
