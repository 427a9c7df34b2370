package io.fastsocket.affinity.tuning;

import java.util.Optional;

/**
 * One step of a plan.
 *
 * @param setting what is set
 * @param from its value when the plan was made; empty where there is none yet
 * @param to the value it gets
 */
public record Change(Setting setting, Optional<String> from, String to) {}
