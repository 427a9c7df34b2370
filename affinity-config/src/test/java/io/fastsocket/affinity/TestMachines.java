package io.fastsocket.affinity;

import java.nio.file.Path;

/** Lets tests of other packages unpack the recorded machines. */
public final class TestMachines {
    private TestMachines() {}

    /** Unpacks a machine of {@code src/test/resources/machines}. */
    public static void unpack(String name, Path root) {
        Machine.unpack(name, root);
    }
}
