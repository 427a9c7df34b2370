package io.fastsocket.affinity.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What ethtool(8) and the kernel's files said on a machine, as {@code .ci/rss-bed} saved it. Reads their text by itself: what the
 * library reads is compared with this.
 */
final class SavedAnswers {
    private static final Pattern TABLE_ROW = Pattern.compile("(?m)^ *\\d+:((?: +\\d+)+)$");
    private static final Pattern RINGS = Pattern.compile("with (\\d+) RX ring\\(s\\)");
    private static final Pattern KEY = Pattern.compile("RSS hash key:\n([0-9a-f:]+)\n");
    private static final Pattern FUNCTION_ON = Pattern.compile("(?m)^ +(\\w+): on$");
    private static final Pattern VALUE = Pattern.compile("(?m)^([^:\n]+):\\s+(\\S+)$");
    private static final Pattern INTERRUPT = Pattern.compile("(?m)^ *(\\d+):.* (\\S+)$");

    private final Path directory;

    SavedAnswers(Path directory) {
        this.directory = directory;
    }

    /** The lines {@code name: value} of a file; a name that comes twice has two values. */
    Map<String, List<String>> values(String file) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        for (MatchResult line : all(VALUE, text(file))) {
            values.merge(
                    line.group(1), List.of(line.group(2)), (some, more) -> Stream.concat(some.stream(), more.stream())
                            .toList());
        }
        return values;
    }

    /** As ethtool prints it, pairs of digits with colons between them. */
    String hashKey() {
        return one(KEY, text("ethtool-x"));
    }

    List<Integer> indirectionTable() {
        return all(TABLE_ROW, text("ethtool-x")).stream()
                .flatMap(row -> Stream.of(row.group(1).trim().split(" +", -1)))
                .map(Integer::valueOf)
                .toList();
    }

    int rings() {
        return Integer.parseInt(one(RINGS, text("ethtool-x")));
    }

    List<String> hashFunctionsOn() {
        return all(FUNCTION_ON, text("ethtool-x")).stream()
                .map(line -> line.group(1))
                .toList();
    }

    /** In the words of {@code show}. */
    List<String> hashFields(String flow) {
        return text("rx-flow-hash-" + flow)
                .lines()
                .skip(1)
                .filter(line -> !line.isBlank())
                .map(line -> switch (line.trim()) {
                    case "IP SA" -> "source-address";
                    case "IP DA" -> "destination-address";
                    case "L4 bytes 0 & 1 [TCP/UDP src port]" -> "source-port";
                    case "L4 bytes 2 & 3 [TCP/UDP dst port]" -> "destination-port";
                    default -> throw new IllegalStateException("unknown hash field: " + line);
                })
                .toList();
    }

    /** The last column of {@code /proc/interrupts}, by the number in the first. */
    Map<Integer, String> interruptNames() {
        Map<Integer, String> names = new LinkedHashMap<>();
        all(INTERRUPT, text("interrupts")).forEach(line -> names.put(Integer.valueOf(line.group(1)), line.group(2)));
        return names;
    }

    /** The one line of a file below {@code /proc/irq} or {@code /sys/class/net/eth0/queues}. */
    String file(String path) {
        String all = text("affinity") + text("queues");
        return one(Pattern.compile("(?m)^" + Pattern.quote(path) + ":(.*)$"), all);
    }

    /** The CPUs of a mask of at most one CPU, as a list. */
    String cpusOfMask(String path) {
        BigInteger mask = new BigInteger(file(path).replace(",", ""), 16);
        if (mask.bitCount() > 1) {
            throw new IllegalStateException(path + " has more CPUs than one: " + file(path));
        }
        return mask.signum() == 0 ? "" : String.valueOf(mask.getLowestSetBit());
    }

    /** A number, or 0 where the card has no such setting. */
    static int numberOrNone(String text) {
        return text.equals("n/a") ? 0 : Integer.parseInt(text);
    }

    private String text(String file) {
        try {
            return Files.readString(directory.resolve(file), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String one(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IllegalStateException("nothing like " + pattern + " in:\n" + text);
        }
        return matcher.group(1);
    }

    private static List<MatchResult> all(Pattern pattern, String text) {
        return pattern.matcher(text).results().toList();
    }
}
