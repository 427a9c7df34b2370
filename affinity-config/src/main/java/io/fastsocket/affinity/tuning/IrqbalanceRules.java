package io.fastsocket.affinity.tuning;

import io.fastsocket.affinity.Irqbalance;
import io.fastsocket.affinity.NicIrq;
import io.fastsocket.affinity.system.Answer;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A running irqbalance leaves the interrupts of these cards alone, now and after its next start. */
final class IrqbalanceRules {
    private static final String REASON = "irqbalance moves interrupts every ten seconds; those placed here must stay";

    private IrqbalanceRules() {}

    static void check(MachineView machine, Findings findings) {
        Set<Integer> ours = machine.nics().stream()
                .flatMap(nic -> nic.queues().irqs().stream())
                .filter(irq -> !irq.managed())
                .map(NicIrq::irq)
                .collect(Collectors.toCollection(TreeSet::new));
        if (machine.irqbalance().pid().isEmpty()) {
            findings.state("irqbalance", "system", true, "not running", "not running, or told", REASON, "");
            return;
        }
        if (ours.isEmpty()) {
            return;
        }
        running(machine, ours, findings);
        machine.irqbalance().configFile().ifPresent(file -> configured(file, machine, ours, findings));
    }

    private static void running(MachineView machine, Set<Integer> ours, Findings findings) {
        Answer<String> told = machine.tunables().read(new Setting.IrqbalanceBans());
        Set<Integer> banned = new TreeSet<>(machine.irqbalance().bannedIrqs());
        told.toOptional().ifPresent(text -> banned.addAll(numbers(text)));
        Set<Integer> all = new TreeSet<>(banned);
        all.addAll(ours);
        if (told.toOptional().isPresent() && !banned.containsAll(ours)) {
            findings.expect("irqbalance", "system", new Setting.IrqbalanceBans(), words(all), REASON);
        } else if (banned.containsAll(ours)) {
            findings.state("irqbalance", "system", true, "bans " + words(banned), "bans " + words(ours), REASON, "");
        } else {
            findings.unknown(
                    "irqbalance", "system", told, "bans " + words(ours), REASON, "run as root to see and to tell it");
        }
    }

    private static void configured(String file, MachineView machine, Set<Integer> ours, Findings findings) {
        Setting setting = new Setting.ConfigFile(file);
        Answer<String> text = machine.tunables().read(setting);
        if (text instanceof Answer.Known<String> known) {
            String expected = IrqbalanceConfig.withBans(file, known.value(), ours);
            findings.expect(
                    "irqbalance-config",
                    file,
                    setting,
                    expected,
                    found -> Irqbalance.bans(found).containsAll(ours),
                    "so that it is still so after irqbalance was started again");
        } else {
            findings.unknown("irqbalance-config", file, text, "bans " + words(ours), REASON, "");
        }
    }

    static Set<Integer> numbers(String words) {
        Set<Integer> numbers = new TreeSet<>();
        for (String word : words.strip().split("\\s+", -1)) {
            if (word.matches("[0-9]{1,9}")) {
                numbers.add(Integer.valueOf(word));
            }
        }
        return numbers;
    }

    static String words(Set<Integer> numbers) {
        return new TreeSet<>(numbers).stream().map(String::valueOf).collect(Collectors.joining(" "));
    }
}
