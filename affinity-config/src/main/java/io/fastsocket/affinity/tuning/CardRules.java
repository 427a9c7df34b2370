package io.fastsocket.affinity.tuning;

import io.fastsocket.affinity.Channels;
import io.fastsocket.affinity.NtupleRule;
import io.fastsocket.affinity.RssConfig.FlowType;
import io.fastsocket.affinity.RssConfig.HashField;
import io.fastsocket.affinity.RssConfig.HashFunction;
import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.tuning.TuningWish.Purpose;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What the card itself does: how many queues it has, how it chooses among them, and when it interrupts. */
final class CardRules {
    private static final Set<HashField> PORTS = Set.of(HashField.SOURCE_PORT, HashField.DESTINATION_PORT);
    private static final Set<HashField> FOUR_TUPLE = Set.of(
            HashField.SOURCE_ADDRESS, HashField.DESTINATION_ADDRESS, HashField.SOURCE_PORT, HashField.DESTINATION_PORT);

    private final MachineView.Nic nic;
    private final QueuePlacement placement;
    private final TuningWish wish;
    private final Findings findings;

    CardRules(MachineView.Nic nic, QueuePlacement placement, TuningWish wish, Findings findings) {
        this.nic = nic;
        this.placement = placement;
        this.wish = wish;
        this.findings = findings;
    }

    void channelCount() {
        Answer<Channels> channels = nic.queues().channels();
        String reason =
                "one queue per CPU that serves: each loop has packets of its own, and no more interrupts than that";
        if (!nic.isDevice()) {
            findings.unknown(
                    "channel-count",
                    nic.name(),
                    Answer.unsupported("a software device: the card below it decides"),
                    "-",
                    reason,
                    "run this for the card");
            return;
        }
        if (channels instanceof Answer.Known<Channels> known) {
            int queues = placement.queues();
            String expected = known.value().combinedMax() > 0
                    ? "combined " + queues
                    : "rx " + queues + " tx "
                            + Math.max(1, Math.min(queues, known.value().txMax()));
            findings.expect(
                    "channel-count",
                    nic.name(),
                    new Setting.ChannelCount(nic.name()),
                    expected,
                    found -> Values.sameWordsOf(expected, found),
                    reason);
        } else {
            findings.unknown("channel-count", nic.name(), channels, placement.queues() + " queues", reason, "");
        }
    }

    /** Whether the plan begins with another number of queues, which the driver answers with another table. */
    private boolean channelsChange() {
        return nic.isDevice()
                && nic.queues().channels().toOptional().isPresent()
                && nic.queues().rx().size() != placement.queues();
    }

    void rssTable() {
        String reason = "every queue gets its share of connections";
        Answer<List<Integer>> table = nic.rss().indirectionTable();
        if (!(table instanceof Answer.Known<List<Integer>> known)) {
            findings.unknown(
                    "rss-table",
                    nic.name(),
                    table,
                    "equal " + placement.queues(),
                    reason,
                    placement.queues() > 1 ? "watch the share of each queue: affinity show --watch" : "");
            return;
        }
        // Written again after a change of channels even where it reads the same: some drivers drop it from the card
        // then, and still answer it.
        findings.expect(
                "rss-table",
                nic.name(),
                new Setting.IndirectionTable(nic.name()),
                "equal " + placement.queues(),
                found -> !channelsChange() && isEven(known.value(), placement.queues()),
                reason);
    }

    /** Every queue is there, and none twice as often as another, or as even as so few places allow. */
    static boolean isEven(List<Integer> table, int queues) {
        int[] places = new int[queues];
        for (int queue : table) {
            if (queue < 0 || queue >= queues) {
                return false;
            }
            places[queue]++;
        }
        int most = 0;
        int least = Integer.MAX_VALUE;
        for (int count : places) {
            most = Math.max(most, count);
            least = Math.min(least, count);
        }
        return table.size() < queues
                ? new HashSet<>(table).size() == table.size()
                : most <= Math.max(least + 1, 2 * least - 1);
    }

    void hashFields() {
        boolean proxy = wish.purpose() == Purpose.PROXY;
        Set<HashField> wanted = proxy ? FOUR_TUPLE : PORTS;
        String reason = proxy
                ? "the source port of an outgoing connection decides where its packets come back, so it must be hashed"
                : "without ports in the hash all connections of one client land on one queue";
        for (FlowType flow : List.of(FlowType.TCP4, FlowType.TCP6)) {
            String name = flow.name().toLowerCase(Locale.ROOT);
            String subject = nic.name() + " " + name;
            Answer<Set<HashField>> fields =
                    nic.rss().hashFields().getOrDefault(flow, Answer.unsupported("the driver does not tell"));
            String remedy = "ethtool -N " + ShellScript.quoted(nic.name()) + " rx-flow-hash " + name + " sdfn";
            if (fields instanceof Answer.Known<Set<HashField>> known) {
                findings.state(
                        "rss-fields",
                        subject,
                        known.value().containsAll(wanted),
                        words(known.value()),
                        words(wanted),
                        reason,
                        remedy);
            } else {
                findings.unknown("rss-fields", subject, fields, words(wanted), reason, "");
            }
        }
    }

    private static String words(Set<HashField> fields) {
        return fields.isEmpty()
                ? "none"
                : fields.stream()
                        .sorted()
                        .map(field -> field.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                        .collect(Collectors.joining(" "));
    }

    void hashFunction() {
        if (wish.purpose() != Purpose.PROXY) {
            return;
        }
        String reason =
                "source ports can be computed from a Toeplitz key; without one they are learned from connections";
        Answer<HashFunction> function = nic.rss().hashFunction();
        if (function instanceof Answer.Known<HashFunction> known
                && nic.rss().hashKey().toOptional().isPresent()) {
            findings.state(
                    "rss-function",
                    nic.name(),
                    known.value() == HashFunction.TOEPLITZ,
                    known.value().name().toLowerCase(Locale.ROOT),
                    "toeplitz",
                    reason,
                    "ethtool -X " + ShellScript.quoted(nic.name()) + " hfunc toeplitz");
        } else {
            Answer<?> why = function.toOptional().isPresent() ? nic.rss().hashKey() : function;
            findings.unknown("rss-function", nic.name(), why, "toeplitz with a readable key", reason, "");
        }
    }

    void ntupleRules() {
        String reason =
                "rules of the card come before its hash, and send connections past the loop that should have them";
        Answer<List<NtupleRule>> rules = nic.queues().ntupleRules();
        if (rules instanceof Answer.Known<List<NtupleRule>> known) {
            findings.state(
                    "ntuple-rules",
                    nic.name(),
                    known.value().isEmpty(),
                    known.value().size() + " rules",
                    "0 rules",
                    reason,
                    "look at them with ethtool -n " + ShellScript.quoted(nic.name())
                            + ", and delete those that nobody needs with ethtool -N " + ShellScript.quoted(nic.name())
                            + " delete N");
        }
    }

    /** Only where it was asked for: which wait is right depends on the load, and many drivers choose well. */
    void coalescing() {
        if (wish.coalesceMicros().isEmpty()) {
            return;
        }
        int micros = wish.coalesceMicros().getAsInt();
        String expected = "adaptive-rx off rx-usecs " + micros;
        findings.expect(
                "coalescing",
                nic.name(),
                new Setting.InterruptCoalescing(nic.name()),
                expected,
                found -> Values.sameWordsOf(expected, found),
                "an interrupt at most every " + micros
                        + " us: fewer interrupts, and each packet waits that long at most");
    }
}
