/**
 * What should be set on this machine and is not: rules, the plan that follows from them, and carrying it out with a way back.
 *
 * <p>The steps, in order: {@link io.fastsocket.affinity.tuning.Advisor} compares the machine with what a
 * {@link io.fastsocket.affinity.tuning.TuningWish} asks for and answers {@link io.fastsocket.affinity.tuning.Finding}s; those
 * that can be mended carry a {@link io.fastsocket.affinity.tuning.Change}; a journal is written, the changes are made through
 * {@link io.fastsocket.affinity.tuning.Tunables}, and the journal leads back.
 *
 * <p>May use the packages {@code io.fastsocket.affinity} and {@code .system}, and Jackson for the journal. For the command
 * line beside it; not API.
 */
@NullMarked
package io.fastsocket.affinity.tuning;

import org.jspecify.annotations.NullMarked;
