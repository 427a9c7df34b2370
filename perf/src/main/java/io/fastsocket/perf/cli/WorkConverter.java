package io.fastsocket.perf.cli;

import io.fastsocket.perf.compare.Work;

/** Kinds of work by name. */
final class WorkConverter extends Labels<Work> {
    WorkConverter() {
        super("work", Work.values(), Work::label);
    }
}
