package io.fastsocket.peers.frameworks;

import picocli.CommandLine.Option;

/** The options that every server takes. */
final class ServerOptions {
    @Option(names = "--host", required = true)
    String host = "";

    @Option(names = "--port", required = true)
    int port;

    @Option(names = "--loops", required = true)
    int loops;
}
