package io.fastsocket.perf.cli;

import io.fastsocket.perf.server.ServerKind;

/** Servers by name. */
final class ServerKindConverter extends Labels<ServerKind> {
    ServerKindConverter() {
        super("server", ServerKind.values(), ServerKind::label);
    }
}
