package io.fastsocket.affinity.cli;

import io.fastsocket.affinity.Layout;
import io.fastsocket.affinity.system.SystemRoot;
import io.fastsocket.affinity.tuning.Advisor;
import io.fastsocket.affinity.tuning.Finding;
import io.fastsocket.affinity.tuning.Setting;
import io.fastsocket.affinity.tuning.ShellScript;
import io.fastsocket.affinity.tuning.SystemTunables;
import io.fastsocket.affinity.tuning.TuningWish;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fastsocket affinity plan}: what apply would change, as a script whose comments say what was there and why. */
@Command(
        name = "plan",
        description = "Prints what apply would change, old -> new, as a script that can be run. Changes nothing.",
        footer = {
            "",
            "Examples:",
            "  fastsocket affinity plan --interface eth0 --for proxy --out layout.yaml",
            "  fastsocket affinity plan > plan.sh"
        })
final class PlanCommand extends MachineCommand {
    @Mixin
    private WishOptions wishOptions = new WishOptions();

    @Option(names = "--json", description = "Prints the changes as JSON.")
    private boolean json;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Writes the layout that goes with the plan: which loop runs on which CPU, with which queues.")
    private @Nullable Path out;

    @Override
    int run(SystemRoot root) throws IOException {
        Advisor advisor = new Advisor(root, new SystemTunables(root));
        TuningWish wish = wishOptions.wish(root);
        List<Finding> findings = advisor.advise(wish);
        out().print(json ? json(findings) + System.lineSeparator() : script(findings));
        out().flush();
        if (out != null) {
            write(out, advisor.layout(wish));
        }
        return 0;
    }

    private static String script(List<Finding> findings) {
        String script = ShellScript.of(findings);
        if (findings.stream().allMatch(finding -> finding.change().isEmpty())) {
            return script + "\n# nothing to change\n";
        }
        boolean newQueues = findings.stream()
                .flatMap(finding -> finding.change().stream())
                .anyMatch(change -> change.setting() instanceof Setting.ChannelCount);
        return newQueues
                ? script
                        + "\n# Another number of queues brings other interrupts: plan again after this. apply does so.\n"
                : script;
    }

    private static String json(List<Finding> findings) {
        List<Map<String, @Nullable Object>> changes = findings.stream()
                .flatMap(finding -> finding.change().stream().map(change -> {
                    Map<String, @Nullable Object> row = new LinkedHashMap<>();
                    row.put("rule", finding.rule());
                    row.put("subject", finding.subject());
                    row.put("setting", change.setting().name());
                    row.put("from", change.from().orElse(null));
                    row.put("to", change.to());
                    row.put("reason", finding.reason());
                    return row;
                }))
                .toList();
        return JsonText.indented(Map.of("changes", changes));
    }

    private static void write(Path file, Layout layout) throws IOException {
        // Beside and renamed: a group that starts meanwhile reads the old file or the new one.
        Path beside = file.resolveSibling("." + file.getFileName() + ".new");
        Files.writeString(
                beside,
                layout.toYaml(),
                StandardCharsets.UTF_8,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
