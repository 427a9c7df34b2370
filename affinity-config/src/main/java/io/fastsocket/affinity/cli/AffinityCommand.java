package io.fastsocket.affinity.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code fastsocket affinity} without a command: says which there are. */
@Command(
        name = "affinity",
        description = "Shows, checks and sets which CPU handles which queue of a network card.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Exit codes: 0 done, 1 failed or drift found, 2 wrong usage. Data goes to standard output, messages to"
                    + " standard error.",
            "",
            "Examples:",
            "  fastsocket affinity show",
            "  fastsocket affinity plan --for proxy",
            "  fastsocket affinity apply --help"
        })
public final class AffinityCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this help.")
    @SuppressWarnings("unused") // read by picocli
    private boolean help;

    private AffinityCommand() {}

    /** The command with those below it. */
    public static CommandLine commands() {
        return new CommandLine(new AffinityCommand())
                .addSubcommand(new ShowCommand())
                .addSubcommand(new VerifyCommand())
                .addSubcommand(new PlanCommand())
                .addSubcommand(new ApplyCommand())
                .addSubcommand(new UndoCommand())
                .addSubcommand(new ExportCommand())
                .addSubcommand(new CollectCommand());
    }

    @Override
    public void run() {
        CommandLine commands = spec.commandLine();
        commands.usage(commands.getOut());
    }
}
