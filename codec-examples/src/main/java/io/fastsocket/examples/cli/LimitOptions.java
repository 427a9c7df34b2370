package io.fastsocket.examples.cli;

import com.sun.management.UnixOperatingSystemMXBean;
import io.fastsocket.examples.connections.ConnectionLimits;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say how many connections clients may have. */
@SuppressWarnings("NullAway.Init") // picocli sets every option, to its default if need be
final class LimitOptions {
    /** For listeners, log, probes and name lookups, and a ring or a selector for each loop. */
    private static final long RESERVED = 96;

    private static final long RESERVED_PER_CPU = 8;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--connections-max",
            paramLabel = "N",
            description = "Connections of clients at a time, over all loops; further ones are reset. Default: what the"
                    + " limit of open files (ulimit -n) has room for, 0: no limit.")
    private @Nullable Integer connectionsMax;

    @Option(
            names = "--connections-per-address-max",
            paramLabel = "N",
            defaultValue = "0",
            description = "The same for each address of clients, of IPv6 for each network of 64 bits; default 0: no"
                    + " limit, because many clients may share one.")
    private int perAddressMax;

    /** @param filesPerConnection descriptors that serving one client takes */
    ConnectionLimits limits(int filesPerConnection) {
        return limits(filesPerConnection, 0);
    }

    /** @param keptFilesMax descriptors that may stay behind when their clients have gone */
    ConnectionLimits limits(int filesPerConnection, long keptFilesMax) {
        int total = connectionsMax == null ? roomFor(filesPerConnection, keptFilesMax) : connectionsMax;
        require("--connections-max", total);
        require("--connections-per-address-max", perAddressMax);
        return new ConnectionLimits(total, perAddressMax);
    }

    private void require(String option, int value) {
        if (value < 0) {
            throw new ParameterException(command.commandLine(), option + " " + value + ": give 0 or more");
        }
    }

    /** At EMFILE nobody is served but who is connected; with this limit it does not come to that. */
    private static int roomFor(int filesPerConnection, long keptFilesMax) {
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system)) {
            return 0;
        }
        long reserved = RESERVED + RESERVED_PER_CPU * Runtime.getRuntime().availableProcessors();
        long free = system.getMaxFileDescriptorCount() - system.getOpenFileDescriptorCount() - reserved;
        return connections(free, filesPerConnection, keptFilesMax);
    }

    /** Half of the files are for clients, whatever may be kept beside them. */
    static int connections(long free, int filesPerConnection, long keptFilesMax) {
        long left = free - Math.min(keptFilesMax, free / 2);
        return (int) Math.max(1, Math.min(left / filesPerConnection, Integer.MAX_VALUE));
    }
}
