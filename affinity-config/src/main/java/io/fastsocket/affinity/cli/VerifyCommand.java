package io.fastsocket.affinity.cli;

import io.fastsocket.affinity.system.SystemRoot;
import io.fastsocket.affinity.tuning.Advisor;
import io.fastsocket.affinity.tuning.Finding;
import io.fastsocket.affinity.tuning.Finding.Verdict;
import io.fastsocket.affinity.tuning.SystemTunables;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fastsocket affinity verify}: a line per rule and thing it looks at, and 1 when something is not as it should be. */
@Command(
        name = "verify",
        description = "Says rule by rule whether this machine is set up for its purpose. Changes nothing.",
        footer = {
            "",
            "Exit codes: 0 all that can be told is right, 1 something is not, 2 wrong usage.",
            "",
            "Examples:",
            "  fastsocket affinity verify",
            "  fastsocket affinity verify --interface eth0 --for proxy",
            "  fastsocket affinity verify --layout layout.yaml --json"
        })
final class VerifyCommand extends MachineCommand {
    @Mixin
    private WishOptions wishOptions = new WishOptions();

    @Option(names = "--json", description = "Prints the findings as JSON.")
    private boolean json;

    @Override
    int run(SystemRoot root) {
        List<Finding> findings = new Advisor(root, new SystemTunables(root)).advise(wishOptions.wish(root));
        out().println(json ? JsonText.indented(json(findings)) : text(findings));
        return count(findings, Verdict.DRIFT) == 0 ? 0 : CommandFailed.FAILED;
    }

    private static String text(List<Finding> findings) {
        TextTable table = TextTable.ofText("verdict", "rule", "what", "found", "expected");
        for (Finding finding : findings) {
            table.row(word(finding), finding.rule(), finding.subject(), finding.found(), finding.expected());
        }
        StringBuilder text = new StringBuilder(table.toString());
        for (Finding finding : findings) {
            if (finding.verdict() != Verdict.OK) {
                text.append(String.format(
                        "%n%n%s %s %s: %s", word(finding), finding.rule(), finding.subject(), finding.reason()));
                if (!finding.remedy().isEmpty()) {
                    text.append(String.format("%n  fix: %s", finding.remedy()));
                }
            }
        }
        return text + String.format("%n%n%s", summary(findings));
    }

    private static String summary(List<Finding> findings) {
        return String.format(
                "%d ok, %d drift, %d not supported here, %d unknown",
                count(findings, Verdict.OK),
                count(findings, Verdict.DRIFT),
                count(findings, Verdict.NOT_SUPPORTED),
                count(findings, Verdict.UNKNOWN));
    }

    private static String word(Finding finding) {
        return switch (finding.verdict()) {
            case OK -> "ok";
            case DRIFT -> "DRIFT";
            case NOT_SUPPORTED -> "not supported here";
            case UNKNOWN -> "unknown";
        };
    }

    private static long count(List<Finding> findings, Verdict verdict) {
        return findings.stream().filter(finding -> finding.verdict() == verdict).count();
    }

    private static Map<String, Object> json(List<Finding> findings) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("ok", count(findings, Verdict.DRIFT) == 0);
        report.put("findings", findings.stream().map(VerifyCommand::json).toList());
        return report;
    }

    private static Map<String, Object> json(Finding finding) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("rule", finding.rule());
        row.put("subject", finding.subject());
        row.put("verdict", finding.verdict().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        row.put("found", finding.found());
        row.put("expected", finding.expected());
        row.put("reason", finding.reason());
        row.put("remedy", finding.remedy());
        return row;
    }
}
