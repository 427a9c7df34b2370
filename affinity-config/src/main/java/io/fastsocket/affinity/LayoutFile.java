package io.fastsocket.affinity;

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

/** Reads a {@link Layout} from YAML; every error names the place and what is expected there. */
final class LayoutFile {
    private static final int BYTES_MAX = 1 << 20;
    private static final int QUEUES_MAX = 65_536;
    private static final LoadSettings SETTINGS = LoadSettings.builder()
            .setAllowDuplicateKeys(true) // found here, where the place is known
            .setMaxAliasesForCollections(0)
            .setCodePointLimit(BYTES_MAX)
            .build();

    private final String file;

    private LayoutFile(String file) {
        this.file = file;
    }

    static Layout read(Path path) {
        LayoutFile reader = new LayoutFile(path.toString());
        if (!Files.exists(path)) {
            throw reader.whole("a layout file", "there is no such file");
        }
        if (!Files.isRegularFile(path)) {
            throw reader.whole("a regular file", "it is of another kind");
        }
        byte[] bytes;
        try (InputStream in = Files.newInputStream(path)) {
            bytes = in.readNBytes(BYTES_MAX + 1);
        } catch (IOException e) {
            throw reader.whole("a file that can be read", String.valueOf(e));
        }
        if (bytes.length > BYTES_MAX) {
            throw reader.whole("at most 1 MiB", "it has more");
        }
        try {
            return parse(
                    path.toString(),
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes))
                            .toString());
        } catch (CharacterCodingException e) {
            throw reader.whole("UTF-8", "it is in another encoding");
        }
    }

    static Layout parse(String file, String text) {
        LayoutFile reader = new LayoutFile(file);
        try {
            Iterator<Node> documents =
                    new Compose(SETTINGS).composeAllFromString(text).iterator();
            if (!documents.hasNext()) {
                throw reader.whole("version, interface and loops", "it is empty");
            }
            Layout layout = reader.layout(documents.next());
            if (documents.hasNext()) {
                throw reader.at(documents.next(), "one document", "a second one begins here");
            }
            return layout;
        } catch (MarkedYamlEngineException e) {
            Optional<Mark> mark = e.getProblemMark();
            throw reader.at(mark, "YAML", String.valueOf(e.getProblem()));
        } catch (YamlEngineException e) {
            throw reader.whole(
                    "YAML", String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    private Layout layout(Node document) {
        Optional<String> interfaceName = Optional.empty();
        List<LoopPlacement> loops = null;
        boolean versioned = false;
        for (NodeTuple entry :
                entries(document, "version, interface and loops", Set.of("version", "interface", "loops"))) {
            Node value = entry.getValueNode();
            switch (text(entry.getKeyNode(), "a key")) {
                case "version" -> {
                    if (number(value, 0, Integer.MAX_VALUE, "version 1") != 1) {
                        throw at(value, "version 1", "this one is not known");
                    }
                    versioned = true;
                }
                case "interface" -> interfaceName = Optional.of(interfaceName(value));
                default -> loops = loops(value);
            }
        }
        if (!versioned || loops == null) {
            throw at(document, "version and loops", (versioned ? "loops" : "version") + " is missing");
        }
        return checked(document, interfaceName, loops);
    }

    private Layout checked(Node document, Optional<String> interfaceName, List<LoopPlacement> loops) {
        if (interfaceName.isEmpty()
                && loops.stream().anyMatch(loop -> !loop.rxQueues().isEmpty())) {
            throw at(document, "interface, since loops have queues", "interface is missing");
        }
        return new Layout(interfaceName, loops);
    }

    private String interfaceName(Node node) {
        String name = text(node, "the name of an interface");
        try {
            return InterfaceName.require(name);
        } catch (IllegalArgumentException e) {
            throw at(
                    node,
                    "the name of an interface, 1 to 15 bytes without slash, colon and blank",
                    "no interface can have this name");
        }
    }

    private List<LoopPlacement> loops(Node node) {
        List<LoopPlacement> loops = new ArrayList<>();
        Set<Integer> cpus = new HashSet<>();
        for (Node element : elements(node, "a list of loops, {loop: 0, cpu: 0, queues: [0]}")) {
            LoopPlacement loop = loop(element, loops.size());
            if (!cpus.add(loop.cpu())) {
                throw at(element, "a CPU of its own for each loop", "another loop is on CPU " + loop.cpu());
            }
            loops.add(loop);
        }
        if (loops.isEmpty()) {
            throw at(node, "at least one loop", "the list is empty");
        }
        return loops;
    }

    private LoopPlacement loop(Node node, int expectedIndex) {
        int index = -1;
        int cpu = -1;
        List<Integer> queues = List.of();
        for (NodeTuple entry : entries(node, "{loop: 0, cpu: 0, queues: [0]}", Set.of("loop", "cpu", "queues"))) {
            Node value = entry.getValueNode();
            switch (text(entry.getKeyNode(), "a key")) {
                case "loop" -> index = number(value, 0, CpuSet.CPU_MAX, "the loop's number");
                case "cpu" -> cpu = number(value, 0, CpuSet.CPU_MAX, "a CPU number");
                default -> queues = queues(value);
            }
        }
        if (index < 0 || cpu < 0) {
            throw at(node, "{loop: 0, cpu: 0, queues: [0]}", (index < 0 ? "loop" : "cpu") + " is missing");
        }
        if (index != expectedIndex) {
            throw at(node, "loop " + expectedIndex, "loops are numbered from 0, in order; this says " + index);
        }
        return new LoopPlacement(index, cpu, queues);
    }

    private List<Integer> queues(Node node) {
        List<Integer> queues = new ArrayList<>();
        for (Node element : elements(node, "a list of queue numbers, [0, 4]")) {
            int queue = number(element, 0, QUEUES_MAX - 1, "a queue number");
            if (!queues.isEmpty() && queue <= queues.get(queues.size() - 1)) {
                throw at(
                        element,
                        "queues in ascending order, each once",
                        queue + " follows " + queues.get(queues.size() - 1));
            }
            queues.add(queue);
        }
        return queues;
    }

    // ---- nodes

    private List<NodeTuple> entries(Node node, String expected, Set<String> keys) {
        if (!(node instanceof MappingNode mapping)) {
            throw at(node, expected, "this is no mapping of keys to values");
        }
        Set<String> seen = new HashSet<>();
        for (NodeTuple entry : mapping.getValue()) {
            String key = text(entry.getKeyNode(), "a key");
            if (!keys.contains(key)) {
                throw at(entry.getKeyNode(), expected, "there is no key " + ErrorText.quoted(key));
            }
            if (!seen.add(key)) {
                throw at(entry.getKeyNode(), "each key once", "the key " + ErrorText.quoted(key) + " is there twice");
            }
        }
        return mapping.getValue();
    }

    private List<Node> elements(Node node, String expected) {
        if (!(node instanceof SequenceNode sequence)) {
            throw at(node, expected, "this is no list");
        }
        return sequence.getValue();
    }

    private String text(Node node, String expected) {
        if (!(node instanceof ScalarNode scalar)) {
            throw at(node, expected, "this is no single value");
        }
        return scalar.getValue();
    }

    private int number(Node node, int least, int most, String expected) {
        String text = text(node, expected);
        String range = expected + ", " + least + ".." + most;
        if (!text.matches("[0-9]{1,10}")) {
            throw at(node, range, ErrorText.quoted(text) + " is no such number");
        }
        long number = Long.parseLong(text);
        if (number < least || number > most) {
            throw at(node, range, number + " is out of range");
        }
        return (int) number;
    }

    /** The text as a value that YAML reads back as the same text. */
    static String scalar(String text) {
        return text.matches("[A-Za-z][A-Za-z0-9_.-]*") ? text : "'" + text.replace("'", "''") + "'";
    }

    // ---- errors

    private LayoutException at(Node node, String expected, String cause) {
        return at(node.getStartMark(), expected, cause);
    }

    private LayoutException at(Optional<Mark> mark, String expected, String cause) {
        int line = mark.map(Mark::getLine).orElse(-1) + 1;
        int column = mark.map(Mark::getColumn).orElse(-1) + 1;
        return error(line, column, expected, cause);
    }

    private LayoutException whole(String expected, String cause) {
        return error(0, 0, expected, cause);
    }

    private LayoutException error(int line, int column, String expected, String cause) {
        String place = line > 0 ? file + ":" + line + ":" + column : file;
        return new LayoutException(
                file,
                line,
                column,
                "cannot read the layout " + place + " (expected " + expected + "): " + cause
                        + "; fix: change it there, or make it again with affinity plan --out");
    }
}
