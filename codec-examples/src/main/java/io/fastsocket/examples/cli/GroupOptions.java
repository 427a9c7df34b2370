package io.fastsocket.examples.cli;

import io.fastsocket.affinity.Layout;
import io.fastsocket.affinity.LayoutException;
import io.fastsocket.affinity.PlacementPolicy;
import io.fastsocket.affinity.cli.CommandFailed;
import io.fastsocket.transport.Capability;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.connect.FlowDelivery;
import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.listen.SteeringPolicy;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options that say what event loop group a command runs on. */
@SuppressWarnings("NullAway.Init") // picocli sets every option, to its default if need be
final class GroupOptions {
    private static final int RING_SIZE_DEFAULT = 0;

    private static final long SHUTDOWN_SECONDS = 2;

    @Option(
            names = "--engine",
            paramLabel = "ENGINE",
            defaultValue = "auto",
            converter = EngineName.class,
            description = "auto, io_uring, epoll or nio; default auto: the first of these that can be had.")
    private Engine engine;

    @Option(
            names = "--loops",
            paramLabel = "N",
            defaultValue = "0",
            description = "Number of event loops; default 0: as the placement gives, one per CPU.")
    private int loops;

    @Option(
            names = "--placement",
            paramLabel = "WHERE",
            defaultValue = "per-cpu",
            converter = PlacementName.class,
            description = "per-cpu (default), per-core, none, CPUs such as 0-3,8, queues:NAME for the CPUs that handle"
                    + " the receive queues of an interface, or layout:FILE.")
    private PlacementPolicy placement;

    @Option(
            names = "--steering",
            paramLabel = "HOW",
            defaultValue = "receiving-cpu",
            converter = SteeringName.class,
            description = "Which loop gets a new connection: receiving-cpu (default, the loop on the CPU that received"
                    + " it), incoming-cpu (the same by socket option), kernel-hash.")
    private Steering steering;

    @Option(
            names = "--flow-delivery",
            paramLabel = "HOW",
            defaultValue = "auto",
            converter = FlowDeliveryName.class,
            description = "How source ports of outgoing connections are chosen, so that answers arrive at the loop that"
                    + " opened them: auto (default), off, learned, rss:NAME for the receive hash of an interface, or"
                    + " portbits:NAME:FIRST:COUNT for an XDP program on a range of ports.")
    private FlowDelivery flowDelivery;

    @Option(
            names = "--ring-size",
            paramLabel = "N",
            defaultValue = "" + RING_SIZE_DEFAULT,
            description = "Entries in each io_uring submission ring; default 0: as the transport chooses.")
    private int ringSize;

    /** What steers connections to a group's listeners, which may be less than was asked for. */
    static String steeringOf(List<Capability> capabilities) {
        return capabilities.stream()
                .filter(capability -> capability.name().equals("steering"))
                .findFirst()
                .orElseThrow()
                .chosen();
    }

    static String name(Engine engine) {
        return EngineName.of(engine);
    }

    /** How many loops there are going to be, at most. */
    int loopsMax() {
        return loops > 0 ? loops : Runtime.getRuntime().availableProcessors();
    }

    /** Starts the loops. */
    FastSocketEventLoopGroup open(String threadName) {
        try {
            var builder = FastSocketEventLoopGroup.builder()
                    .engine(engine)
                    .loops(loops)
                    .placement(placement)
                    .steering(steering.policy())
                    .flowDelivery(flowDelivery)
                    .threadName(threadName);
            if (ringSize != RING_SIZE_DEFAULT) {
                builder.ringSize(ringSize);
            }
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw new CommandFailed(CommandFailed.WRONG_USAGE, String.valueOf(e.getMessage()), e);
        } catch (IllegalStateException e) {
            throw new CommandFailed(CommandFailed.FAILED, String.valueOf(e.getMessage()), e);
        }
    }

    /** Ends the loops, and waits a bounded time for it. */
    static void close(FastSocketEventLoopGroup group) throws InterruptedException {
        group.shutdownGracefully(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS).await(2 * SHUTDOWN_SECONDS, TimeUnit.SECONDS);
    }

    /** A policy and the name it was asked for by. */
    private record Steering(String name, SteeringPolicy policy) {}

    private static final class EngineName implements ITypeConverter<Engine> {
        @Override
        public Engine convert(String value) {
            for (Engine engine : Engine.values()) {
                if (of(engine).equals(value)) {
                    return engine;
                }
            }
            throw new TypeConversionException("'" + value + "' is no engine; give auto, io_uring, epoll or nio");
        }

        static String of(Engine engine) {
            return engine.name().toLowerCase(Locale.ROOT);
        }
    }

    private static final class PlacementName implements ITypeConverter<PlacementPolicy> {
        private static final String QUEUES = "queues:";
        private static final String LAYOUT = "layout:";

        @Override
        public PlacementPolicy convert(String value) {
            return switch (value) {
                case "none" -> PlacementPolicy.none();
                case "per-cpu" -> PlacementPolicy.onePerCpu();
                case "per-core" -> PlacementPolicy.onePerCore();
                default -> cpus(value);
            };
        }

        private static PlacementPolicy cpus(String value) {
            try {
                if (value.startsWith(QUEUES)) {
                    return PlacementPolicy.followRxQueues(value.substring(QUEUES.length()));
                }
                if (value.startsWith(LAYOUT)) {
                    return PlacementPolicy.layout(Layout.read(Path.of(value.substring(LAYOUT.length()))));
                }
                return PlacementPolicy.explicit(value);
            } catch (LayoutException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException("'" + value
                        + "' is no placement; give per-cpu, per-core, none, CPUs such as 0-3,8, queues:eth0, or"
                        + " layout:FILE");
            }
        }
    }

    private static final class FlowDeliveryName implements ITypeConverter<FlowDelivery> {
        private static final Pattern RSS = Pattern.compile("rss:(.+)");
        private static final Pattern PORT_BITS = Pattern.compile("portbits:(.+):(\\d{1,5}):(\\d{1,5})");

        @Override
        public FlowDelivery convert(String value) {
            return switch (value) {
                case "auto" -> FlowDelivery.auto();
                case "off" -> FlowDelivery.off();
                case "learned" -> FlowDelivery.learned();
                default -> ofInterface(value);
            };
        }

        private static FlowDelivery ofInterface(String value) {
            Matcher rss = RSS.matcher(value);
            if (rss.matches()) {
                return FlowDelivery.rss(rss.group(1));
            }
            Matcher bits = PORT_BITS.matcher(value);
            if (!bits.matches()) {
                throw new TypeConversionException("'" + value
                        + "' is no flow delivery; give auto, off, learned, rss:eth0 or portbits:eth0:40960:8192");
            }
            try {
                return FlowDelivery.portBits(
                        bits.group(1), Integer.parseInt(bits.group(2)), Integer.parseInt(bits.group(3)));
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException("'" + value + "': " + e.getMessage());
            }
        }
    }

    private static final class SteeringName implements ITypeConverter<Steering> {
        @Override
        public Steering convert(String value) {
            return new Steering(
                    value,
                    switch (value) {
                        case "receiving-cpu" -> SteeringPolicy.receivingCpu();
                        case "incoming-cpu" -> SteeringPolicy.incomingCpu();
                        case "kernel-hash" -> SteeringPolicy.kernelHash();
                        default ->
                            throw new TypeConversionException(
                                    "'" + value + "' is no steering; give receiving-cpu, incoming-cpu or kernel-hash");
                    });
        }
    }
}
