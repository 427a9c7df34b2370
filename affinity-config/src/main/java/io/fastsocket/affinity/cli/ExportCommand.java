package io.fastsocket.affinity.cli;

import io.fastsocket.affinity.system.SystemRoot;
import io.fastsocket.affinity.tuning.Advisor;
import io.fastsocket.affinity.tuning.Export;
import io.fastsocket.affinity.tuning.SystemTunables;
import io.fastsocket.affinity.tuning.TuningWish;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code fastsocket affinity export}: what the machine should have, for the programs that set it at every boot. */
@Command(
        name = "export",
        description = "Prints what should be set, whether it is or not, in the form of a program that sets it at every"
                + " boot.",
        footer = {
            "",
            "Examples:",
            "  fastsocket affinity export --format systemd-link --interface eth0 > /etc/systemd/network/10-eth0.link",
            "  fastsocket affinity export --format tuned --for proxy > /etc/tuned/fastsocket/tuned.conf"
        })
final class ExportCommand implements Callable<Integer> {
    @Mixin
    @SuppressWarnings("unused") // read by picocli
    private CommonOptions common = new CommonOptions();

    @Mixin
    private RootOption rootOption = new RootOption();

    @Mixin
    private WishOptions wishOptions = new WishOptions();

    @Option(
            names = "--format",
            required = true,
            paramLabel = "FORMAT",
            converter = FormatName.class,
            description = "shell, systemd-link, udev or tuned.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Export format;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        try (SystemRoot root = rootOption.open()) {
            TuningWish wish = wishOptions.wish(root);
            spec.commandLine()
                    .getOut()
                    .print(format.of(new Advisor(root, new SystemTunables(root)).wanted(wish), wish));
            spec.commandLine().getOut().flush();
            return 0;
        }
    }

    private static final class FormatName implements ITypeConverter<Export> {
        @Override
        public Export convert(String value) {
            return Arrays.stream(Export.values())
                    .filter(format -> format.toString().equals(value))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException(
                            "'" + value + "' is no format; give shell, systemd-link, udev or tuned"));
        }
    }
}
