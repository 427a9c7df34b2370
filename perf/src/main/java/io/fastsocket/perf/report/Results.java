package io.fastsocket.perf.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.fastsocket.perf.compare.Spread;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The JSON object of a comparison. */
final class Results {
    private static final List<String> PARTS_BY_SERVER = List.of("summary", "sweep", "idle", "storms");

    private final JsonNode root;
    private final Map<String, Server> servers = new LinkedHashMap<>();

    Results(JsonNode root) {
        this.root = root;
        for (String part : PARTS_BY_SERVER) {
            for (JsonNode row : rows(part)) {
                String name = Fields.text(row.path("server"));
                String family = Fields.text(row.path("family"));
                servers.computeIfAbsent(name, unused -> newServer(name, Look.of(family.isEmpty() ? name : family)));
            }
        }
    }

    private Server newServer(String name, Look look) {
        long before = servers.values().stream()
                .filter(server -> server.look() == look)
                .count();
        return new Server(name, look, (int) before);
    }

    JsonNode part(String name) {
        return root.path(name);
    }

    /** The rows of a part that name their server. */
    List<JsonNode> rows(String part) {
        return Fields.objects(root.path(part)).stream()
                .filter(row -> !Fields.text(row.path("server")).isEmpty())
                .toList();
    }

    /** Every server, in the order of the report. */
    List<Server> servers() {
        return List.copyOf(servers.values());
    }

    /** The server of a row of {@link #rows}. */
    Server server(JsonNode row) {
        String name = Fields.text(row.path("server"));
        Server known = servers.get(name);
        return known == null ? newServer(name, Look.of(name)) : known;
    }

    /** The kinds of work, in the order of the report. */
    List<String> works() {
        return rows("summary").stream()
                .map(row -> Fields.text(row.path("work")))
                .distinct()
                .toList();
    }

    /** The servers at a kind of work, the fastest first. */
    List<JsonNode> summaries(String work) {
        return rows("summary").stream()
                .filter(row -> Fields.text(row.path("work")).equals(work))
                .sorted(Comparator.comparingDouble((JsonNode row) -> Fields.spread(row.path("requestsPerSecond"))
                                .map(Spread::median)
                                .orElse(Double.NEGATIVE_INFINITY))
                        .reversed())
                .toList();
    }

    /** A figure of every round of a server at a kind of work. */
    List<Double> rounds(JsonNode summary, String figure) {
        List<Double> rounds = new ArrayList<>();
        for (JsonNode round : rows("rounds")) {
            if (round.path("work").equals(summary.path("work"))
                    && round.path("server").equals(summary.path("server"))) {
                Fields.number(round.path(figure)).ifPresent(rounds::add);
            }
        }
        return rounds;
    }
}
