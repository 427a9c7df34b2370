package io.fastsocket.affinity.cli;

import io.fastsocket.affinity.system.SystemRoot;
import io.fastsocket.affinity.tuning.Advisor;
import io.fastsocket.affinity.tuning.Export;
import io.fastsocket.affinity.tuning.SystemTunables;
import io.fastsocket.affinity.tuning.TuningWish;
import java.util.Arrays;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
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
final class ExportCommand extends MachineCommand {
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

    @Override
    int run(SystemRoot root) {
        TuningWish wish = wishOptions.wish(root);
        out().print(format.of(new Advisor(root, new SystemTunables(root)).wanted(wish), wish));
        out().flush();
        return 0;
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
