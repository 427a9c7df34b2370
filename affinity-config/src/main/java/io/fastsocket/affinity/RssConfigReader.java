package io.fastsocket.affinity;

import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.system.SystemRoot;
import java.util.Map;

/** Reads a {@link RssConfig} with the ethtool ioctl. */
final class RssConfigReader {
    private final SystemRoot root;
    private final String interfaceName;

    RssConfigReader(SystemRoot root, String interfaceName) {
        this.root = root;
        this.interfaceName = interfaceName;
    }

    RssConfig read() {
        String why = "not read yet from " + root;
        return new RssConfig(
                interfaceName,
                Answer.unsupported(why),
                Answer.unsupported(why),
                Answer.unsupported(why),
                Answer.unsupported(why),
                Answer.unsupported(why),
                Map.of());
    }
}
