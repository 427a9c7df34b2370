package io.fastsocket.affinity.system;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Answers with what the drivers of a recorded machine said: the file {@code /ethtool/<interface>}, a line for each
 * call, in the form of {@link EthtoolLine}. Safe for use by any thread.
 */
final class RecordedEthtool implements Ethtool {
    private static final Pattern LINE =
            Pattern.compile("(-|(?:[0-9a-f]{2})+) ([0-9]{1,7}) (?:(-|(?:[0-9a-f]{2})+)|errno ([0-9]{1,4}))");
    private static final String EXPECTED = "<request in hex> <length> <answer in hex>, or errno <number> at its end";

    private record Calls(String interfaceName, Map<String, String> answers) {}

    private final SystemRoot root;
    private volatile @Nullable Calls latest;

    RecordedEthtool(SystemRoot root) {
        this.root = root;
    }

    @Override
    public byte[] call(String interfaceName, byte[] request) throws EthtoolException {
        int command = IoctlEthtool.requireCommand(interfaceName, request);
        String answer = calls(interfaceName).answers().get(EthtoolLine.request(request));
        if (answer == null) {
            boolean exists = root.exists("/sys/class/net/" + interfaceName) || root.exists(file(interfaceName));
            throw Errno.exception(
                    command,
                    interfaceName,
                    exists ? Errno.EOPNOTSUPP : Errno.ENODEV,
                    exists ? "the call was not recorded" : "the recorded machine has no such interface");
        }
        if (answer.startsWith("errno ")) {
            throw Errno.exception(command, interfaceName, Integer.parseInt(answer.substring("errno ".length())));
        }
        return EthtoolLine.answer(answer, request.length);
    }

    /** Reading all rules of a card is a call for each: the file is read for the first of them alone. */
    private Calls calls(String interfaceName) {
        Calls calls = latest;
        if (calls == null || !calls.interfaceName().equals(interfaceName)) {
            calls = new Calls(interfaceName, parse(file(interfaceName)));
            latest = calls;
        }
        return calls;
    }

    private static String file(String interfaceName) {
        return "/ethtool/" + interfaceName;
    }

    private Map<String, String> parse(String file) {
        List<String> lines = root.lines(file).toOptional().orElse(List.of());
        Map<String, String> answers = new HashMap<>();
        int number = 0;
        for (String line : lines) {
            number++;
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                throw malformed(file, number, line, EXPECTED, "it has another form");
            }
            String length = matcher.group(2);
            requireLengths(file, number, line, Integer.parseInt(length), matcher.group(1), matcher.group(3));
            String request = matcher.group(1) + " " + length;
            if (answers.put(request, line.substring(request.length() + 1)) != null) {
                throw malformed(file, number, line, "each request once", "a line above has the same request");
            }
        }
        return answers;
    }

    private static void requireLengths(
            String file, int number, String line, int length, String request, @Nullable String answer) {
        int longest = Math.max(request.length(), answer == null ? 0 : answer.length());
        if (length > IoctlEthtool.STRUCT_BYTES_MAX || (longest > 1 && longest / 2 > length)) {
            throw malformed(
                    file,
                    number,
                    line,
                    "a length of at most " + IoctlEthtool.STRUCT_BYTES_MAX + " that has room for request and answer",
                    "the length is " + length);
        }
    }

    private static SystemFileException malformed(String file, int number, String line, String expected, String cause) {
        return new SystemFileException(
                file,
                number,
                "cannot read a recorded ethtool call: file=" + ErrorText.quoted(file) + " line=" + number + " text="
                        + ErrorText.quoted(line) + " (expected " + expected + "): " + cause
                        + "; fix: collect the machine again");
    }
}
