/**
 * How the commands write down what they found: aligned tables for people, JSON for programs.
 *
 * <p>May use the JDK and Jackson alone.
 */
@NullMarked
package io.fastsocket.examples.text;

import org.jspecify.annotations.NullMarked;
