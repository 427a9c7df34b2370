package io.fastsocket.perf.cli;

import io.fastsocket.perf.compare.Extra;

/** What is looked at beside rates, by name. */
final class ExtraConverter extends Labels<Extra> {
    ExtraConverter() {
        super("extra", Extra.values(), Extra::label);
    }
}
