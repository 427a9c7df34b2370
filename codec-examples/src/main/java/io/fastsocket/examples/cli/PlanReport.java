package io.fastsocket.examples.cli;

import io.fastsocket.affinity.cli.JsonText;
import io.fastsocket.affinity.cli.TextTable;
import io.fastsocket.transport.Capability;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.LoopPlan;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which loop runs where, what was chosen, and why not more. */
final class PlanReport {
    private PlanReport() {}

    static String text(FastSocketEventLoopGroup group) {
        TextTable capabilities = TextTable.ofText("capability", "chosen", "why not more");
        for (Capability capability : group.capabilities()) {
            capabilities.row(
                    capability.name(),
                    capability.chosen(),
                    capability.whyNotMore().orElse("-"));
        }
        return group.plan() + System.lineSeparator() + System.lineSeparator() + capabilities;
    }

    static String json(FastSocketEventLoopGroup group, String listening) {
        Map<String, @Nullable Object> report = new LinkedHashMap<>();
        report.put("listening", listening);
        report.put("engine", GroupOptions.name(group.engine()));
        report.put("loops", group.plan().rows().stream().map(PlanReport::json).toList());
        report.put(
                "capabilities",
                group.capabilities().stream().map(PlanReport::json).toList());
        return JsonText.oneLine(report);
    }

    private static Map<String, @Nullable Object> json(LoopPlan.Row loop) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("loop", loop.loopIndex());
        json.put("cpu", loop.cpu() < 0 ? null : loop.cpu());
        json.put("listener", loop.listenerIndex() < 0 ? null : loop.listenerIndex());
        return json;
    }

    private static Map<String, @Nullable Object> json(Capability capability) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", capability.name());
        json.put("chosen", capability.chosen());
        json.put("whyNotMore", capability.whyNotMore().orElse(null));
        return json;
    }
}
