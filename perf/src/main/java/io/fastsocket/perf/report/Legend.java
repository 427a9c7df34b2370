package io.fastsocket.perf.report;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** What fillings, lines and marks stand for. */
final class Legend {
    private Legend() {}

    /** The looks that some servers have. */
    static Markup ofLooks(List<Server> servers) {
        Markup legend = new Markup().open("ul", "class", "legend");
        Arrays.stream(Look.values())
                .filter(look -> servers.stream().anyMatch(server -> server.look() == look))
                .forEach(look -> legend.open("li")
                        .add(filling("look-" + look.style()))
                        .text(look.words())
                        .close());
        return legend.close();
    }

    /** The lines of servers, each with a remark, which may be empty. */
    static Markup ofLines(List<Server> servers, Function<Server, String> remark) {
        Markup legend = new Markup().open("ul", "class", "legend");
        for (Server server : servers) {
            legend.open("li")
                    .add(line(server))
                    .element("span", server.name(), "class", server.nameStyle())
                    .element("span", " " + remark.apply(server), "class", "range")
                    .close();
        }
        return legend.close();
    }

    static Markup filling(String style) {
        return new Markup()
                .open("svg", "class", "swatch", "width", 22, "height", 14, "aria-hidden", "true")
                .empty("rect", "class", "bar " + style, "x", 1, "y", 1, "width", 20, "height", 12)
                .close();
    }

    private static Markup line(Server server) {
        return new Markup()
                .open("svg", "class", "swatch", "width", 36, "height", 14, "aria-hidden", "true")
                .open("g", "class", server.style())
                .empty(
                        "path",
                        "class",
                        server.isOurs() ? "line ours" : "line",
                        "d",
                        "M0 7H36",
                        "stroke-dasharray",
                        server.dashes())
                .empty("use", "class", "mark", "href", "#mark-" + server.look().style(), "x", 18, "y", 7)
                .close()
                .close();
    }
}
