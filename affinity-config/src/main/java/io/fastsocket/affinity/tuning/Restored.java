package io.fastsocket.affinity.tuning;

import java.util.Optional;

/**
 * A setting that was put back.
 *
 * @param was its value until now; empty: unknown, or no such file
 * @param now its value from before; empty: no such file
 */
public record Restored(Setting setting, Optional<String> was, Optional<String> now) {}
