package io.fastsocket.examples.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.Stack;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * The options of a command in a YAML file, a mapping of their names without dashes to values; a list is an option's
 * values one after the other. What the command line says as well, the command line decides.
 *
 * <pre>{@code
 * listen: 0.0.0.0:7000
 * upstream: [10.0.0.1:7000, 10.0.0.2:7000]
 * proxy-protocol-in: true
 * }</pre>
 *
 * <p>A command that has the option {@value #OPTION} names {@link Reader} as its preprocessor. Errors name the place and the closest option there is.
 */
final class OptionsFile implements IDefaultValueProvider {
    /** The option that names the file. */
    static final String OPTION = "--config";

    private static final int BYTES_MAX = 1 << 20;

    /** An option so unlike what was written is no help. */
    private static final int EDITS_MAX = 4;

    private static final LoadSettings SETTINGS = LoadSettings.builder()
            .setAllowDuplicateKeys(true) // found here, where the place is known
            .setMaxAliasesForCollections(0)
            .setCodePointLimit(BYTES_MAX)
            .build();

    private final String file;
    private final CommandSpec command;

    /** By the option's name without dashes. */
    private final Map<String, String> values = new HashMap<>();

    private OptionsFile(String file, CommandSpec command) {
        this.file = file;
        this.command = command;
    }

    /** Named in a command's annotation, reads the file before the command's arguments are parsed. */
    static final class Reader implements IParameterPreprocessor {
        @Override
        public boolean preprocess(
                Stack<String> args,
                CommandSpec command,
                @Nullable ArgSpec argument,
                @Nullable Map<String, Object> info) {
            Optional<String> file = named(args);
            if (file.isPresent()) {
                command.defaultValueProvider(read(Path.of(file.get()), command));
            }
            return false;
        }

        /** The stack's top, which is its end, is the next argument. */
        private static Optional<String> named(Stack<String> args) {
            for (int i = args.size() - 1; i >= 0 && !args.get(i).equals("--"); i--) {
                if (args.get(i).startsWith(OPTION + "=")) {
                    return Optional.of(args.get(i).substring(OPTION.length() + 1));
                }
                if (args.get(i).equals(OPTION) && i > 0) {
                    return Optional.of(args.get(i - 1));
                }
            }
            return Optional.empty();
        }
    }

    static OptionsFile read(Path path, CommandSpec command) {
        OptionsFile options = new OptionsFile(path.toString(), command);
        if (!Files.isRegularFile(path)) {
            throw options.whole(
                    "a regular file", Files.exists(path) ? "it is of another kind" : "there is no such file");
        }
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(BYTES_MAX + 1);
            if (bytes.length > BYTES_MAX) {
                throw options.whole("at most 1 MiB", "it has more");
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            options.parse(text);
            return options;
        } catch (CharacterCodingException e) {
            throw options.whole("UTF-8", "it is in another encoding");
        } catch (IOException e) {
            throw options.whole("a file that can be read", String.valueOf(e));
        }
    }

    private void parse(String text) {
        try {
            Iterator<Node> documents =
                    new Compose(SETTINGS).composeAllFromString(text).iterator();
            if (!documents.hasNext()) {
                return;
            }
            take(documents.next());
            if (documents.hasNext()) {
                throw at(documents.next().getStartMark(), "one document", "a second one begins here");
            }
        } catch (MarkedYamlEngineException e) {
            throw at(e.getProblemMark(), "YAML", String.valueOf(e.getProblem()));
        } catch (YamlEngineException e) {
            throw whole(
                    "YAML", String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    private void take(Node document) {
        if (!(document instanceof MappingNode mapping)) {
            throw at(document.getStartMark(), "options and their values", "this is no mapping of keys to values");
        }
        for (NodeTuple entry : mapping.getValue()) {
            String name = scalar(entry.getKeyNode(), "the name of an option");
            OptionSpec option = option(entry.getKeyNode(), name);
            if (values.put(name, value(entry.getValueNode(), option)) != null) {
                throw at(entry.getKeyNode().getStartMark(), "each option once", "'" + name + "' is there twice");
            }
        }
    }

    private OptionSpec option(Node key, String name) {
        @Nullable OptionSpec option = name.startsWith("-") ? null : command.findOption("--" + name);
        if (option == null || !names().contains(name)) {
            throw at(key.getStartMark(), "an option of " + command.qualifiedName(), unknown(name));
        }
        return option;
    }

    private String unknown(String name) {
        return "there is no option '" + name + "'"
                + names().stream()
                        .filter(known -> edits(name, known) <= EDITS_MAX)
                        .min(Comparator.comparingInt(known -> edits(name, known)))
                        .map(known -> ", did you mean '" + known + "'?")
                        .orElseGet(() -> "; there are " + String.join(", ", names()));
    }

    /** The options that a file may give: all but help, and the file itself. */
    private Set<String> names() {
        return command.options().stream()
                .filter(option -> !option.usageHelp() && !option.versionHelp())
                .map(OptionSpec::longestName)
                .filter(name -> name.startsWith("--") && !name.equals(OPTION))
                .map(name -> name.substring(2))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private String value(Node node, OptionSpec option) {
        if (!(node instanceof SequenceNode sequence)) {
            return scalar(node, "the option's value");
        }
        if (!option.isMultiValue()) {
            throw at(node.getStartMark(), "one value", "'" + option.longestName() + "' takes no list");
        }
        List<String> elements = sequence.getValue().stream()
                .map(element -> scalar(element, "one of the option's values"))
                .toList();
        return String.join(",", elements);
    }

    private String scalar(Node node, String expected) {
        if (!(node instanceof ScalarNode scalar)) {
            throw at(node.getStartMark(), expected, "this is no single value");
        }
        return scalar.getValue();
    }

    /** How many characters must be put in, left out or changed to make one of the other (Levenshtein). */
    private static int edits(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int changed = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[other.length()];
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        return argument instanceof OptionSpec option && option.longestName().startsWith("--")
                ? values.get(option.longestName().substring(2))
                : null;
    }

    // ---- errors

    private ParameterException whole(String expected, String cause) {
        return error(file, expected, cause);
    }

    private ParameterException at(Optional<Mark> mark, String expected, String cause) {
        return error(
                mark.map(m -> file + ":" + (m.getLine() + 1) + ":" + (m.getColumn() + 1))
                        .orElse(file),
                expected,
                cause);
    }

    private ParameterException error(String place, String expected, String cause) {
        return new ParameterException(
                command.commandLine(),
                "cannot read the options " + place + " (expected " + expected + "): " + cause
                        + "; fix: change it there");
    }
}
