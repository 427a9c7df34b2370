package io.fastsocket.examples.cli;

import io.fastsocket.affinity.cli.CommandFailed;
import io.fastsocket.affinity.system.ErrorText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * Options of a command in a file: a mapping in YAML from their names without dashes to their values. An error names the
 * place and what is expected there.
 */
final class ProxyConfig {
    private static final int BYTES_MAX = 1 << 20;

    /** What is for the command line alone. */
    private static final Set<String> NOT_HERE = Set.of("config", "help", "verbose");

    private static final LoadSettings SETTINGS = LoadSettings.builder()
            .setAllowDuplicateKeys(true) // found here, where the place is known
            .setMaxAliasesForCollections(0)
            .setCodePointLimit(BYTES_MAX)
            .build();

    private final String file;
    private final Supplier<?> newCommand;

    private ProxyConfig(String file, Supplier<?> newCommand) {
        this.file = file;
        this.newCommand = newCommand;
    }

    /**
     * A command with the options of the file, and those that were given on the command line in their place.
     *
     * @param given the command as it was parsed from the command line
     * @param newCommand makes one that knows nothing yet
     * @throws CommandFailed if the file is not as it should be
     */
    static <C> C complete(Path path, CommandSpec given, Supplier<C> newCommand) {
        ProxyConfig config = new ProxyConfig(path.toString(), newCommand);
        List<String> args = new ArrayList<>();
        for (Setting setting : config.parse(config.read(path))) {
            OptionSpec option = config.check(setting);
            if (!given.commandLine().getParseResult().hasMatchedOption(option.longestName())) {
                args.addAll(setting.args());
            }
        }
        for (OptionSpec option : given.commandLine().getParseResult().matchedOptions()) {
            String name = option.longestName();
            if (!NOT_HERE.contains(name.substring(2))) {
                option.originalStringValues().forEach(value -> args.add(name + "=" + value));
            }
        }
        C command = newCommand.get();
        CommandLine parser = like(given.commandLine(), command);
        parser.parseArgs(args.toArray(String[]::new));
        return command;
    }

    private static CommandLine like(CommandLine given, Object command) {
        CommandLine parser = new CommandLine(command)
                .setOut(given.getOut())
                .setErr(given.getErr())
                .setCaseInsensitiveEnumValuesAllowed(given.isCaseInsensitiveEnumValuesAllowed());
        return parser;
    }

    /** One key and its values. */
    private record Setting(String name, List<String> values, Node key, Node value) {
        List<String> args() {
            return values.stream().map(each -> "--" + name + "=" + each).toList();
        }
    }

    private String read(Path path) {
        if (!Files.isRegularFile(path)) {
            throw whole("a regular file", Files.exists(path) ? "it is of another kind" : "there is no such file");
        }
        byte[] bytes;
        try (InputStream in = Files.newInputStream(path)) {
            bytes = in.readNBytes(BYTES_MAX + 1);
        } catch (IOException e) {
            throw whole("a file that can be read", String.valueOf(e));
        }
        if (bytes.length > BYTES_MAX) {
            throw whole("at most 1 MiB", "it has more");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw whole("UTF-8", "it is in another encoding");
        }
    }

    private List<Setting> parse(String text) {
        try {
            Iterator<Node> documents =
                    new Compose(SETTINGS).composeAllFromString(text).iterator();
            if (!documents.hasNext()) {
                throw whole("options, such as upstream: http://127.0.0.1:8080", "it is empty");
            }
            List<Setting> settings = settings(documents.next());
            if (documents.hasNext()) {
                throw at(documents.next().getStartMark(), "one document", "a second one begins here");
            }
            return settings;
        } catch (MarkedYamlEngineException e) {
            throw at(e.getProblemMark(), "YAML", String.valueOf(e.getProblem()));
        } catch (YamlEngineException e) {
            throw whole(
                    "YAML", String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    private List<Setting> settings(Node document) {
        if (!(document instanceof MappingNode mapping)) {
            throw at(document, "options, such as upstream: http://127.0.0.1:8080", "this is no mapping");
        }
        List<Setting> settings = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (NodeTuple entry : mapping.getValue()) {
            String name = text(entry.getKeyNode(), "the name of an option");
            if (!seen.add(name)) {
                throw at(entry.getKeyNode(), "each key once", "the key " + ErrorText.quoted(name) + " is there twice");
            }
            settings.add(new Setting(name, values(entry.getValueNode()), entry.getKeyNode(), entry.getValueNode()));
        }
        return settings;
    }

    private List<String> values(Node node) {
        if (!(node instanceof SequenceNode sequence)) {
            return List.of(text(node, "a value or a list of values"));
        }
        return sequence.getValue().stream()
                .map(element -> text(element, "a single value"))
                .toList();
    }

    private String text(Node node, String expected) {
        if (!(node instanceof ScalarNode scalar)) {
            throw at(node, expected, "this is no single value");
        }
        return scalar.getValue();
    }

    /** Tries the values on a command of its own, so that what is wrong with them is told with the place. */
    private OptionSpec check(Setting setting) {
        CommandLine trial = new CommandLine(newCommand.get()).setCaseInsensitiveEnumValuesAllowed(true);
        OptionSpec option = trial.getCommandSpec().findOption("--" + setting.name());
        if (option == null || NOT_HERE.contains(setting.name())) {
            throw at(
                    setting.key(),
                    "an option of the command without its dashes",
                    "there is no key " + ErrorText.quoted(setting.name()));
        }
        if (setting.values().size() > 1 && !option.isMultiValue()) {
            throw at(
                    setting.value(),
                    "one value",
                    "there are " + setting.values().size());
        }
        try {
            trial.parseArgs(setting.args().toArray(String[]::new));
        } catch (ParameterException e) {
            throw at(setting.value(), expected(option), String.valueOf(e.getMessage()));
        }
        return option;
    }

    private static String expected(OptionSpec option) {
        return option.arity().max() == 0 ? "true or false" : option.paramLabel();
    }

    private CommandFailed at(Node node, String expected, String cause) {
        return at(node.getStartMark(), expected, cause);
    }

    private CommandFailed at(Optional<Mark> mark, String expected, String cause) {
        String place = mark.map(found -> file + ":" + (found.getLine() + 1) + ":" + (found.getColumn() + 1))
                .orElse(file);
        return failure(place, expected, cause);
    }

    private CommandFailed whole(String expected, String cause) {
        return failure(file, expected, cause);
    }

    private static CommandFailed failure(String place, String expected, String cause) {
        return new CommandFailed(
                CommandFailed.WRONG_USAGE,
                "cannot read the options " + place + " (expected " + expected + "): " + cause
                        + "; fix: change it there; --help lists the options");
    }
}
