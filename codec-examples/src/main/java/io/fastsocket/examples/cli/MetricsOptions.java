package io.fastsocket.examples.cli;

import io.fastsocket.affinity.cli.CommandFailed;
import io.fastsocket.examples.metrics.MetricsServer;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say where meters and the live page are served. */
@SuppressWarnings("NullAway.Init") // picocli sets every option, to its default if need be
final class MetricsOptions {
    private static final int PORT_MAX = 65_535;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--metrics-port",
            paramLabel = "PORT",
            description =
                    "Serves the live page of the cores at /, and /metrics (Prometheus), /healthz, /readyz and /loops"
                            + " (JSON) on this port; 0: a free one, see the line that says what it is. Default: not at all.")
    private @Nullable Integer port;

    @Option(
            names = "--metrics-host",
            paramLabel = "HOST",
            defaultValue = "127.0.0.1",
            description =
                    "Where --metrics-port listens: address, host name or network interface; default 127.0.0.1. There is"
                            + " no password.")
    private String host;

    @Option(
            names = "--metrics-allowed-hosts",
            paramLabel = "NAME",
            split = ",",
            description =
                    "Names by which clients may ask there, such as a scraper's, besides localhost, the address they"
                            + " connect to and --metrics-host; several after commas. Another Host is answered 421.")
    private List<String> allowedHosts = new ArrayList<>();

    /** Starts to serve what there is to see of the group, if that was asked for, and says where. */
    Optional<MetricsServer> open(FastSocketEventLoopGroup group) {
        if (port == null) {
            if (!allowedHosts.isEmpty()) {
                throw new ParameterException(
                        command.commandLine(),
                        "--metrics-allowed-hosts " + String.join(",", allowedHosts) + ": give --metrics-port as well");
            }
            return Optional.empty();
        }
        if (port < 0 || port > PORT_MAX) {
            throw new ParameterException(command.commandLine(), "--metrics-port " + port + ": give 0 to " + PORT_MAX);
        }
        InetSocketAddress address;
        try {
            address = new InetSocketAddress(HostAddress.of(host), port);
            BindFailure.requireFree(address);
        } catch (CommandFailed e) {
            throw inOurTerms(e);
        }
        try {
            MetricsServer server = MetricsServer.start(group, address, names());
            PrintWriter err = command.commandLine().getErr();
            err.println("metrics on http://" + HostAddress.format(server.address()) + "/");
            return Optional.of(server);
        } catch (IOException e) {
            throw inOurTerms(BindFailure.explain(address, e));
        }
    }

    private List<String> names() {
        List<String> names = new ArrayList<>(allowedHosts);
        if (!NetUtil.isValidIpV4Address(host) && !NetUtil.isValidIpV6Address(host)) {
            names.add(host);
        }
        return names;
    }

    private static CommandFailed inOurTerms(CommandFailed failure) {
        String message = String.valueOf(failure.getMessage()).replaceAll("--(host|port)", "--metrics-$1");
        return new CommandFailed(failure.exitCode(), message, failure);
    }
}
