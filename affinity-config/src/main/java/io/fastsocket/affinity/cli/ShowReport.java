package io.fastsocket.affinity.cli;

import io.fastsocket.affinity.CpuSet;
import io.fastsocket.affinity.CpuTopology;
import io.fastsocket.affinity.Irqbalance;
import io.fastsocket.affinity.NicIrq;
import io.fastsocket.affinity.NicQueues;
import io.fastsocket.affinity.RssConfig;
import io.fastsocket.affinity.RxQueue;
import io.fastsocket.affinity.TxQueue;
import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.system.SystemRoot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What {@code show} prints: the machine, its cards, and a running group, as tables or as JSON. */
record ShowReport(
        CpuTopology topology,
        List<NicQueues> nics,
        List<RssConfig> rss,
        Irqbalance irqbalance,
        boolean readOnly,
        Optional<RunningGroup> running) {
    private static final String NONE = "-";
    private static final String NOT_HERE = "n/a";

    static ShowReport read(SystemRoot root, List<String> names, OptionalInt pid) {
        return new ShowReport(
                CpuTopology.read(root),
                names.stream().map(name -> NicQueues.read(root, name)).toList(),
                names.stream().map(name -> RssConfig.read(root, name)).toList(),
                Irqbalance.read(root),
                root.isReadOnly("/sys"),
                pid.isEmpty() ? Optional.empty() : Optional.of(RunningGroup.read(root, pid.getAsInt())));
    }

    // ---- text

    String text() {
        List<String> blocks = new ArrayList<>();
        blocks.add("CPUs online " + topology.online() + ", allowed " + topology.allowed()
                + (topology.isolated().isEmpty() ? "" : ", isolated " + topology.isolated()) + "; cores "
                + topology.physicalCores().stream().map(CpuSet::toString).collect(Collectors.joining(" "))
                + System.lineSeparator() + irqbalanceLine()
                + (readOnly ? System.lineSeparator() + "/sys is read-only here: change settings on the host" : ""));
        for (int index = 0; index < nics.size(); index++) {
            blocks.add(card(nics.get(index), rss.get(index)));
        }
        running.ifPresent(group -> blocks.add(text(group)));
        return String.join(System.lineSeparator() + System.lineSeparator(), blocks);
    }

    private String irqbalanceLine() {
        return irqbalance.pid().isEmpty()
                ? "irqbalance does not run"
                : "irqbalance runs (pid " + irqbalance.pid().getAsInt() + "), its options ban "
                        + (irqbalance.bannedIrqs().isEmpty()
                                ? "no interrupts"
                                : "interrupts " + irqbalance.bannedIrqs());
    }

    private String card(NicQueues nic, RssConfig config) {
        Set<String> notes = new LinkedHashSet<>();
        List<String> missing = new ArrayList<>();
        StringBuilder text = new StringBuilder(
                nic.interfaceName() + ": driver " + nic.driver().orElse("none (software)") + ", device "
                        + nic.device().orElse("none") + ", NUMA node "
                        + (nic.numaNode() < 0 ? "unknown" : String.valueOf(nic.numaNode())));
        line(
                text,
                missing,
                "channels",
                nic.channels(),
                channels -> "rx " + channels.rx() + "/" + channels.rxMax() + ", tx " + channels.tx() + "/"
                        + channels.txMax() + ", combined " + channels.combined() + "/" + channels.combinedMax());
        line(
                text,
                missing,
                "coalescing",
                nic.coalescing(),
                value -> "rx " + value.rxMicros() + " us or " + value.rxFramesMax() + " frames"
                        + (value.adaptiveRx() ? ", adaptive" : ""));
        line(text, missing, "RSS function", config.hashFunction(), value -> word(value.name()));
        line(text, missing, "RSS key", config.hashKey(), key -> key.length() + " bytes, " + shortened(key.toString()));
        line(
                text,
                missing,
                "RSS table",
                config.indirectionTable(),
                table -> table.size() + " places: " + spread(table));
        config.hashFields()
                .forEach(
                        (flow, fields) -> line(text, missing, "hash " + word(flow.name()), fields, ShowReport::fields));
        line(text, missing, "ntuple rules", nic.ntupleRules(), rules -> rules.isEmpty() ? "none" : rules.toString());
        missing(text, missing);
        text.append(System.lineSeparator()).append(System.lineSeparator()).append(queues(nic, config, notes));
        notes.forEach(note -> text.append(System.lineSeparator()).append("  ").append(note));
        return text.toString();
    }

    /** What a driver does not have is one line for all of it: JSON has every reason. */
    private static void missing(StringBuilder text, List<String> names) {
        if (!names.isEmpty()) {
            text.append(System.lineSeparator())
                    .append("  not supported here: ")
                    .append(String.join(", ", names))
                    .append(" (--json says why)");
        }
    }

    private static <T> void line(
            StringBuilder text, List<String> missing, String name, Answer<T> answer, Function<T, String> words) {
        if (answer instanceof Answer.Unsupported) {
            missing.add(name);
            return;
        }
        text.append(System.lineSeparator())
                .append(String.format("  %-13s ", name))
                .append(shown(answer, words));
    }

    private static <T> String shown(Answer<T> answer, Function<T, String> words) {
        return answer instanceof Answer.Known<T> known
                ? words.apply(known.value())
                : "unknown: " + answer.whyNot().orElse("");
    }

    private TextTable queues(NicQueues nic, RssConfig config, Set<String> notes) {
        TextTable table = TextTable.ofText(
                "queue", "irq", "name", "affinity", "effective", "RPS", "RFS", "XPS", "XPS rxqs", "RSS %", "loop");
        for (RxQueue queue : nic.rx()) {
            table.row(
                    "rx-" + queue.queue(),
                    queue.irq().map(irq -> String.valueOf(irq.irq())).orElse(NONE),
                    queue.irq().map(NicIrq::name).orElse(NONE),
                    cell(queue.irq().map(NicIrq::affinity), notes)
                            + (queue.irq().filter(NicIrq::managed).isPresent() ? " (managed)" : ""),
                    cell(queue.irq().map(NicIrq::effectiveAffinity), notes),
                    cell(Optional.of(queue.rpsCpus()), notes),
                    cell(Optional.of(queue.rfsFlows()), notes),
                    NONE,
                    NONE,
                    share(config, queue.queue()),
                    loops(nic, queue));
        }
        for (TxQueue queue : nic.tx()) {
            table.row(
                    "tx-" + queue.queue(),
                    queue.irq().map(irq -> String.valueOf(irq.irq())).orElse(NONE),
                    queue.irq().map(NicIrq::name).orElse(NONE),
                    cell(queue.irq().map(NicIrq::affinity), notes),
                    cell(queue.irq().map(NicIrq::effectiveAffinity), notes),
                    NONE,
                    NONE,
                    cell(Optional.of(queue.xpsCpus()), notes),
                    cell(Optional.of(queue.xpsRxQueues()), notes),
                    NONE,
                    NONE);
        }
        return table;
    }

    private static <T> String cell(Optional<Answer<T>> answer, Set<String> notes) {
        if (answer.isEmpty()) {
            return NONE;
        }
        if (answer.get() instanceof Answer.Known<T> known) {
            String text = known.value() instanceof List<?> list
                    ? list.stream().map(String::valueOf).collect(Collectors.joining(","))
                    : known.value().toString();
            return text.isEmpty() ? NONE : text;
        }
        // A file for every queue; one of them is enough to say what is missing.
        answer.get()
                .whyNot()
                .ifPresent(why -> notes.add(NOT_HERE + ": not supported here: " + why.replaceAll("-[0-9]+/", "-*/")));
        return NOT_HERE;
    }

    private static String share(RssConfig config, int queue) {
        return config.indirectionTable()
                .toOptional()
                .filter(table -> !table.isEmpty())
                .map(table -> String.format(
                        Locale.ROOT,
                        "%.1f",
                        100.0 * table.stream().filter(place -> place == queue).count() / table.size()))
                .orElse(NONE);
    }

    private String loops(NicQueues nic, RxQueue queue) {
        CpuSet cpus = nic.cpusOf(queue).toOptional().orElse(CpuSet.empty());
        String loops = running.stream()
                .flatMap(group -> group.loops().stream())
                .filter(loop -> cpus.contains(loop.cpu()))
                .map(RunningGroup.Loop::thread)
                .collect(Collectors.joining(","));
        return loops.isEmpty() ? NONE : loops;
    }

    private static String spread(List<Integer> table) {
        Map<Integer, Long> places =
                new TreeMap<>(table.stream().collect(Collectors.groupingBy(queue -> queue, Collectors.counting())));
        return places.entrySet().stream()
                        .limit(8)
                        .map(entry -> "queue " + entry.getKey() + " x " + entry.getValue())
                        .collect(Collectors.joining(", "))
                + (places.size() > 8 ? ", ..." : "");
    }

    private static String fields(Set<RssConfig.HashField> fields) {
        return fields.isEmpty()
                ? "nothing"
                : fields.stream().sorted().map(field -> word(field.name())).collect(Collectors.joining(", "));
    }

    private static String word(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String shortened(String key) {
        return key.length() > 29 ? key.substring(0, 29) + "..." : key;
    }

    private static String text(RunningGroup group) {
        TextTable table = TextTable.ofText("loop", "thread", "CPU", "listener", "waiting");
        for (int index = 0; index < group.loops().size(); index++) {
            RunningGroup.Loop loop = group.loops().get(index);
            // As many listeners as loops: a group opens them in the order of its loops.
            boolean paired = group.listeners().size() == group.loops().size();
            table.row(
                    index,
                    loop.thread(),
                    loop.cpu(),
                    paired ? "port " + group.listeners().get(index).port() : NONE,
                    paired ? group.listeners().get(index).queued() : NONE);
        }
        return "process " + group.pid() + ": " + group.loops().size() + " pinned threads, "
                + group.listeners().size() + " TCP listeners" + System.lineSeparator() + table;
    }

    // ---- JSON

    Map<String, @Nullable Object> json() {
        Map<String, @Nullable Object> report = new LinkedHashMap<>();
        Map<String, @Nullable Object> cpus = new LinkedHashMap<>();
        cpus.put("online", topology.online().toString());
        cpus.put("allowed", topology.allowed().toString());
        cpus.put("isolated", topology.isolated().toString());
        cpus.put(
                "cores", topology.physicalCores().stream().map(CpuSet::toString).toList());
        report.put("cpus", cpus);
        Map<String, @Nullable Object> balance = new LinkedHashMap<>();
        balance.put("pid", irqbalance.pid().isPresent() ? irqbalance.pid().getAsInt() : null);
        balance.put("bannedIrqs", irqbalance.bannedIrqs().stream().sorted().toList());
        report.put("irqbalance", balance);
        List<Object> cards = new ArrayList<>();
        for (int index = 0; index < nics.size(); index++) {
            cards.add(json(nics.get(index), rss.get(index)));
        }
        report.put("interfaces", cards);
        running.ifPresent(group -> report.put("running", group));
        return report;
    }

    private static Map<String, @Nullable Object> json(NicQueues nic, RssConfig config) {
        Map<String, @Nullable Object> card = new LinkedHashMap<>();
        card.put("name", nic.interfaceName());
        card.put("driver", nic.driver().orElse(null));
        card.put("device", nic.device().orElse(null));
        card.put("numaNode", nic.numaNode() < 0 ? null : nic.numaNode());
        card.put("channels", value(nic.channels(), value -> value));
        card.put("coalescing", value(nic.coalescing(), value -> value));
        card.put("ntupleFilters", value(nic.ntupleFilters(), value -> value));
        card.put("ntupleRules", value(nic.ntupleRules(), value -> value));
        Map<String, @Nullable Object> hash = new LinkedHashMap<>();
        hash.put("rings", value(config.rxRings(), value -> value));
        hash.put("function", value(config.hashFunction(), value -> word(value.name())));
        hash.put("key", value(config.hashKey(), Object::toString));
        hash.put("indirectionTable", value(config.indirectionTable(), value -> value));
        hash.put("inputTransforms", value(config.inputTransforms(), ShowReport::words));
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        config.hashFields().forEach((flow, answer) -> fields.put(word(flow.name()), value(answer, ShowReport::words)));
        hash.put("hashFields", fields);
        card.put("rss", hash);
        card.put("rxQueues", nic.rx().stream().map(ShowReport::json).toList());
        card.put("txQueues", nic.tx().stream().map(ShowReport::json).toList());
        card.put("irqs", nic.irqs().stream().map(ShowReport::json).toList());
        return card;
    }

    private static List<String> words(Set<? extends Enum<?>> values) {
        return values.stream().map(value -> word(value.name())).sorted().toList();
    }

    private static Map<String, @Nullable Object> json(RxQueue queue) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("queue", queue.queue());
        row.put("irq", queue.irq().map(NicIrq::irq).orElse(null));
        row.put("rpsCpus", value(queue.rpsCpus(), CpuSet::toString));
        row.put("rfsFlows", value(queue.rfsFlows(), value -> value));
        return row;
    }

    private static Map<String, @Nullable Object> json(TxQueue queue) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("queue", queue.queue());
        row.put("irq", queue.irq().map(NicIrq::irq).orElse(null));
        row.put("xpsCpus", value(queue.xpsCpus(), CpuSet::toString));
        row.put("xpsRxQueues", value(queue.xpsRxQueues(), value -> value));
        return row;
    }

    private static Map<String, @Nullable Object> json(NicIrq irq) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("irq", irq.irq());
        row.put("name", irq.name());
        row.put("affinity", value(irq.affinity(), CpuSet::toString));
        row.put("effectiveAffinity", value(irq.effectiveAffinity(), CpuSet::toString));
        row.put("managed", irq.managed());
        return row;
    }

    /** The value, or an object that says which of the other two answers it is, and why. */
    private static <T> Object value(Answer<T> answer, Function<T, Object> form) {
        if (answer instanceof Answer.Known<T> known) {
            return form.apply(known.value());
        }
        return Map.of(
                answer instanceof Answer.Unsupported ? "notSupported" : "failed",
                answer.whyNot().orElse(""));
    }
}
