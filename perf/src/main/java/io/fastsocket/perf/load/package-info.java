/**
 * The load generator: HTTP/1.1 requests at a fixed rate or as fast as they are answered, on this project's own transport. A
 * {@code LoadGenerator} runs a {@code LoadPlan} and answers a {@code LoadReport}. May use the transport alone.
 */
@NullMarked
package io.fastsocket.perf.load;

import org.jspecify.annotations.NullMarked;
