package io.fastsocket.affinity;

import java.util.List;
import java.util.Optional;

/**
 * Where every event loop runs and which receive queues lead there: what a layout file holds.
 *
 * @param interfaceName the interface whose queues are meant; empty where no queue is named
 * @param loops one placement per loop, in the order of {@link LoopPlacement#loopIndex()} from 0, all pinned
 */
public record Layout(Optional<String> interfaceName, List<LoopPlacement> loops) {
    public Layout {
        loops = List.copyOf(loops);
    }
}
