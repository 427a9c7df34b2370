package io.fastsocket.perf.report;

import java.util.Locale;

/** How the servers of a family are drawn: a colour, a filling and a mark that no other family has. */
enum Look {
    OURS("this project: a pinned loop and a steered listener per CPU"),
    STOCK("Netty 4.1 as it ships"),
    STOCK_REUSEPORT("Netty 4.1, a listener per loop"),
    NETTY42("Netty 4.2 as it ships"),
    NETTY42_REUSEPORT("Netty 4.2, a listener per loop"),
    FRAMEWORK("frameworks on Netty"),
    NATIVE("servers in C"),
    FLOOR("a C program that does only what cannot be left out"),
    OTHER("others");

    private final String words;

    Look(String words) {
        this.words = words;
    }

    /** By the name of a family, such as {@code STOCK_REUSEPORT}, or of a server, such as {@code stock-epoll-reuseport}. */
    static Look of(String name) {
        String plain = name.toLowerCase(Locale.ROOT).replace('_', '-');
        boolean listenerPerLoop = plain.endsWith("reuseport");
        if (plain.startsWith("fastsocket")) {
            return OURS;
        }
        if (plain.startsWith("stock")) {
            return listenerPerLoop ? STOCK_REUSEPORT : STOCK;
        }
        if (plain.startsWith("netty42")) {
            return listenerPerLoop ? NETTY42_REUSEPORT : NETTY42;
        }
        if (plain.startsWith("floor")) {
            return FLOOR;
        }
        return switch (plain) {
            case "vertx", "reactor-netty" -> FRAMEWORK;
            case "nginx", "haproxy" -> NATIVE;
            default -> OTHER;
        };
    }

    /** What the legend says. */
    String words() {
        return words;
    }

    /** The end of the names that the style sheet and the patterns have for it. */
    String style() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
