package io.fastsocket.peers.stock;

import static io.netty.handler.codec.http.HttpHeaderNames.CONNECTION;

import io.netty.handler.codec.http.HttpHeaders;

/** Fields that belong to one connection (RFC 9110, 7.6.1), but for the coding, which both sides of Netty's codec know. */
final class HopByHop {
    private static final String[] NAMES = {"connection", "keep-alive", "proxy-connection", "te", "upgrade"};

    private HopByHop() {}

    static void strip(HttpHeaders fields) {
        for (String value : fields.getAll(CONNECTION)) {
            for (String name : value.split(",", -1)) {
                if (!name.isBlank()) {
                    fields.remove(name.strip());
                }
            }
        }
        for (String name : NAMES) {
            fields.remove(name);
        }
    }
}
