package io.fastsocket.affinity;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Where every event loop runs and which receive queues lead there: what a layout file holds. {@code affinity plan --out}
 * writes it; the event loop group and the other commands read it.
 *
 * @param interfaceName the interface whose queues are meant; empty where no queue is named
 * @param loops one placement per loop, in the order of {@link LoopPlacement#loopIndex()} from 0, all pinned
 */
public record Layout(Optional<String> interfaceName, List<LoopPlacement> loops) {
    private static final String HEAD =
            """
            # Which event loop runs on which CPU, and which receive queues lead there.
            version: 1
            """;

    /** @throws IllegalArgumentException if there is no loop, one is not pinned, indexes have gaps, or two share a CPU */
    public Layout {
        interfaceName.ifPresent(InterfaceName::require);
        // Its rules are those of a plan.
        loops = new AffinityPlan(loops, Optional.empty()).loops();
        for (LoopPlacement loop : loops) {
            if (!loop.pinned()) {
                throw new IllegalArgumentException("cannot make a layout: loop " + loop.loopIndex()
                        + " has no CPU (expected every loop pinned): a layout is about CPUs; fix: give it one, or use"
                        + " placement none()");
            }
        }
    }

    /**
     * Reads a layout file.
     *
     * @throws LayoutException if it cannot be read, or says something else than it should; the message names line, column and
     *     the expected form
     */
    public static Layout read(Path file) {
        return LayoutFile.read(file);
    }

    /** The text of a layout file; {@link #read} answers an equal layout. */
    public String toYaml() {
        StringBuilder yaml = new StringBuilder(HEAD);
        interfaceName.ifPresent(name ->
                yaml.append("interface: ").append(LayoutFile.scalar(name)).append('\n'));
        yaml.append("loops:\n");
        for (LoopPlacement loop : loops) {
            yaml.append("  - {loop: ")
                    .append(loop.loopIndex())
                    .append(", cpu: ")
                    .append(loop.cpu());
            yaml.append(", queues: [")
                    .append(loop.rxQueues().stream().map(String::valueOf).collect(Collectors.joining(", ")))
                    .append("]}\n");
        }
        return yaml.toString();
    }
}
