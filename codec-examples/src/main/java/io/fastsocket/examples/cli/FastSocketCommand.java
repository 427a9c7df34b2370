package io.fastsocket.examples.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code fastsocket} without a command: says which there are. */
@Command(
        name = "fastsocket",
        description = "Netty servers whose connections live on the core that receives them.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Exit codes: 0 done, 1 failed, 2 wrong usage. Data goes to standard output, messages to standard error.",
            "",
            "Examples:",
            "  fastsocket demo",
            "  fastsocket http --port 8080",
            "  fastsocket proxy --listen 127.0.0.1:8000 --upstream http://127.0.0.1:8080",
            "  fastsocket tcpproxy --listen 0.0.0.0:7000 --upstream 10.0.0.1:7000,10.0.0.2:7000",
            "  fastsocket http --help"
        })
final class FastSocketCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this help.")
    @SuppressWarnings("unused") // read by picocli
    private boolean help;

    @Override
    public void run() {
        CommandLine commands = spec.commandLine();
        commands.usage(commands.getOut());
    }
}
