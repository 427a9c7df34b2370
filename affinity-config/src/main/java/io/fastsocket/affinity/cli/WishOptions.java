package io.fastsocket.affinity.cli;

import io.fastsocket.affinity.Layout;
import io.fastsocket.affinity.NicQueues;
import io.fastsocket.affinity.system.SystemRoot;
import io.fastsocket.affinity.tuning.TuningWish;
import io.fastsocket.affinity.tuning.TuningWish.Purpose;
import io.fastsocket.affinity.tuning.TuningWish.Rps;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What the machine is for: the options that {@code verify}, {@code plan}, {@code apply} and {@code export} share. */
final class WishOptions {
    @Option(
            names = {"-i", "--interface"},
            paramLabel = "NAME",
            description =
                    "An interface that the traffic comes through; may be given again. Default: that of the layout,"
                            + " or every one that belongs to a device.")
    private List<String> interfaceNames = List.of();

    @Option(
            names = "--for",
            paramLabel = "PURPOSE",
            converter = PurposeName.class,
            defaultValue = "web",
            description = "What runs here: web (connections come in) or proxy (others go out for them).")
    private Purpose purpose = Purpose.WEB_SERVER;

    @Option(
            names = "--layout",
            paramLabel = "FILE",
            description = "The layout file that the event loop group is started with: its loops say which CPU gets"
                    + " which queue.")
    private @Nullable Path layoutFile;

    @Option(names = "--per-core", description = "Gives queues to the first CPU of each core only.")
    private boolean onePerCore;

    @Option(
            names = "--rps",
            paramLabel = "WHERE",
            description = "Spreads packets in software: auto (cards with fewer queues than CPUs), on (also software"
                    + " devices) or off. Default: auto.")
    private Rps rps = Rps.AUTO;

    @Option(
            names = "--coalesce",
            paramLabel = "MICROS",
            description = "How long the card waits before it interrupts for a received packet, 0 to 10000. Default: as"
                    + " the driver has it.")
    private @Nullable Integer coalesceMicros;

    TuningWish wish(SystemRoot root) {
        Optional<Layout> layout = Optional.ofNullable(layoutFile).map(Layout::read);
        try {
            return new TuningWish(
                    interfaces(root, layout),
                    purpose,
                    layout,
                    onePerCore,
                    rps,
                    coalesceMicros == null ? OptionalInt.empty() : OptionalInt.of(coalesceMicros));
        } catch (IllegalArgumentException e) {
            throw new CommandFailed(CommandFailed.WRONG_USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    private List<String> interfaces(SystemRoot root, Optional<Layout> layout) {
        if (!interfaceNames.isEmpty()) {
            return Interfaces.require(root, interfaceNames);
        }
        Optional<String> ofLayout = layout.flatMap(Layout::interfaceName);
        if (ofLayout.isPresent()) {
            return Interfaces.require(root, List.of(ofLayout.get()));
        }
        List<String> ofDevices = NicQueues.interfaces(root).stream()
                .filter(name -> root.exists("/sys/class/net/" + name + "/device"))
                .toList();
        if (ofDevices.isEmpty()) {
            throw new CommandFailed(
                    CommandFailed.WRONG_USAGE,
                    "no interface belongs to a device here; name one with --interface: "
                            + String.join(", ", NicQueues.interfaces(root)));
        }
        return ofDevices;
    }

    private static final class PurposeName implements ITypeConverter<Purpose> {
        @Override
        public Purpose convert(String value) {
            return switch (value) {
                case "web" -> Purpose.WEB_SERVER;
                case "proxy" -> Purpose.PROXY;
                default -> throw new TypeConversionException("'" + value + "' is no purpose; give web or proxy");
            };
        }
    }
}
