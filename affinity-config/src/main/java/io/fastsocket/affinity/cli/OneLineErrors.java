package io.fastsocket.affinity.cli;

import io.fastsocket.affinity.system.SystemFileException;
import io.fastsocket.affinity.tuning.TuningException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.function.Function;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns whatever ends a command early into one line on standard error and an exit code: 1 failed, 2 wrong usage. */
public final class OneLineErrors {
    private OneLineErrors() {}

    /** Makes a command and those below it end that way. Values of enums may be given in any case. */
    public static CommandLine on(CommandLine command) {
        ITypeConverter<Integer> ints = text -> wholeNumber(text, Integer::valueOf, Integer.MAX_VALUE);
        ITypeConverter<Long> longs = text -> wholeNumber(text, Long::valueOf, Long.MAX_VALUE);
        return command.registerConverter(Integer.class, ints)
                .registerConverter(int.class, ints)
                .registerConverter(Long.class, longs)
                .registerConverter(long.class, longs)
                .setUsageHelpAutoWidth(true)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(OneLineErrors::wrongUsage)
                .setExecutionExceptionHandler(OneLineErrors::failed);
    }

    private static <N> N wholeNumber(String text, Function<String, N> parse, N max) {
        try {
            return parse.apply(text);
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'" + text + "': give a whole number, up to " + max);
        }
    }

    private static int wrongUsage(ParameterException wrong, String[] args) {
        CommandLine command = wrong.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        print(command.getErr(), name, whatIsWrong(wrong) + "; see " + name + " --help");
        return CommandFailed.WRONG_USAGE;
    }

    private static int failed(Exception cause, CommandLine command, ParseResult parsed) {
        String name = command.getCommandSpec().qualifiedName();
        if (cause instanceof CommandFailed failed) {
            print(command.getErr(), name, String.valueOf(failed.getMessage()));
            return failed.exitCode();
        }
        if (cause instanceof IOException || cause instanceof TuningException || cause instanceof SystemFileException) {
            print(command.getErr(), name, String.valueOf(cause.getMessage()));
            return CommandFailed.FAILED;
        }
        // Not foreseen, so a fault of ours: the trace is for whoever asked to see more.
        LoggerFactory.getLogger(OneLineErrors.class).info("{} failed", name, cause);
        print(command.getErr(), name, cause + " (a fault of this program; -v shows where)");
        return CommandFailed.FAILED;
    }

    private static String whatIsWrong(ParameterException wrong) {
        boolean atRoot = wrong.getCommandLine().getParent() == null;
        if (atRoot && wrong instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
            return "there is no command '" + unmatched.getUnmatched().get(0) + "'";
        }
        return String.valueOf(wrong.getMessage());
    }

    private static void print(PrintWriter err, String name, String message) {
        err.println(name + ": " + message.strip().replaceAll("\\s*\\R\\s*", " "));
    }
}
