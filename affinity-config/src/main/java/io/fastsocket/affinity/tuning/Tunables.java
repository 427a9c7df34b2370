package io.fastsocket.affinity.tuning;

import io.fastsocket.affinity.system.Answer;
import java.util.Optional;

/** Reads and writes settings. Used by one thread. */
public interface Tunables {
    /** The value now; {@code Unsupported} where this system has no such setting. */
    Answer<String> read(Setting setting);

    /**
     * Sets it. When this returns, the kernel acts on the new value; when it throws, on the old one.
     *
     * @param value empty to remove a {@link Setting.ConfigFile}
     * @throws TuningException if the system refuses, with errno and what to do
     */
    void write(Setting setting, Optional<String> value) throws TuningException;
}
