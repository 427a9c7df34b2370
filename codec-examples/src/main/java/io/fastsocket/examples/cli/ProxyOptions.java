package io.fastsocket.examples.cli;

import io.fastsocket.examples.connections.ConnectionLimits;
import io.fastsocket.examples.proxy.ForwardedMode;
import io.fastsocket.examples.proxy.HostHeader;
import io.fastsocket.examples.proxy.OnClientClose;
import io.fastsocket.examples.proxy.ProxySettings;
import io.fastsocket.examples.proxy.ProxySettings.Limits;
import io.fastsocket.examples.proxy.ProxySettings.Timeouts;
import io.fastsocket.examples.upstream.EjectionSettings;
import io.fastsocket.examples.upstream.PoolSettings;
import io.fastsocket.examples.upstream.Upstream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of the reverse proxy, but for those of its event loop group. */
@SuppressWarnings("NullAway.Init") // picocli sets every option, to its default if need be
final class ProxyOptions {
    /** As long as any timeout may be: a day. */
    private static final long SECONDS_MAX = 86_400;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            defaultValue = "0.0.0.0:8000",
            description = "Where clients connect: address, name or network interface, and port; IPv6 in brackets;"
                    + " default 0.0.0.0:8000. Port 0: a free one.")
    private String listen;

    @Option(
            names = "--upstream",
            paramLabel = "URL",
            split = ",",
            converter = UpstreamName.class,
            description = "Where requests go: http://HOST:PORT, one or more, separated by commas. Must be given.")
    private List<Upstream> upstreams = new ArrayList<>();

    @Option(
            names = "--host-header",
            paramLabel = "WHOSE",
            defaultValue = "client",
            description = "The Host that upstreams see: client (default, as it came) or upstream.")
    private HostHeader hostHeader;

    @Option(
            names = "--forwarded",
            paramLabel = "MODE",
            defaultValue = "append",
            description =
                    "Forwarded and X-Forwarded-*: append (default) to what the client sent; replace it, where clients"
                            + " are not to be trusted; off.")
    private ForwardedMode forwarded;

    @Option(
            names = "--via",
            paramLabel = "NAME",
            defaultValue = "",
            description = "Adds this name to Via in both directions; default: nothing is added.")
    private String via;

    @Option(
            names = "--max-line",
            paramLabel = "BYTES",
            defaultValue = "8192",
            description = "Longest request line, 64 to 1048576; default 8192. A longer one is answered 414.")
    private int lineBytesMax;

    @Option(
            names = "--max-headers",
            paramLabel = "BYTES",
            defaultValue = "32768",
            description = "Most bytes in all header fields, 64 to 1048576; default 32768. More are answered 431.")
    private int headerBytesMax;

    @Option(
            names = "--connect-timeout",
            paramLabel = "SECONDS",
            defaultValue = "3",
            description = "For an upstream to accept a connection; default 3.")
    private long connectSeconds;

    @Option(
            names = "--response-timeout",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description =
                    "For an upstream to take or give anything while it has a request; default 60. 504 after that.")
    private long responseSeconds;

    @Option(
            names = "--idle-timeout",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "For a client to send its next request, as a whole, or to move anything in one; default 60.")
    private long idleSeconds;

    @Option(
            names = "--header-timeout",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description =
                    "For the head of a request from its first byte to its end, 408 after that, and for a header of"
                            + " the PROXY protocol; default 10.")
    private long headerSeconds;

    @Option(
            names = "--tunnel-timeout",
            paramLabel = "SECONDS",
            defaultValue = "3600",
            description = "For either side to send anything once a connection was upgraded; default 3600.")
    private long tunnelSeconds;

    @Option(
            names = "--pool-connections",
            paramLabel = "N",
            defaultValue = "256",
            description =
                    "Connections each loop may have to each upstream, 1 to 65536; default 256. A request that finds"
                            + " them all in use waits for a second, then is answered 503.")
    private int poolConnections;

    @Option(
            names = "--pool-idle-timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long an upstream connection is kept for its next request; default 30. Give less than the"
                    + " upstream's own keep-alive time. 0: each request gets a new connection.")
    private long poolIdleSeconds;

    @Option(
            names = "--eject-after-failures",
            paramLabel = "N",
            defaultValue = "3",
            description = "A loop leaves an upstream out for a while that has reset, broken off or not answered so many"
                    + " requests in a row, 0 to 1000; default 3. 0: never.")
    private int failuresMax;

    @Option(
            names = "--eject-after-5xx",
            paramLabel = "N",
            defaultValue = "5",
            description = "The same for so many answers of 5xx in a row, but for half of the upstreams; default 5."
                    + " 0: never.")
    private int errorsMax;

    @Option(
            names = "--on-client-close",
            paramLabel = "WHAT",
            defaultValue = "finish",
            description = "For a request whose client ends its side before the answer: finish (default), it may be"
                    + " reading still; abort, it is taken for gone and the upstream's connection closed.")
    private OnClientClose onClientClose;

    @Option(
            names = "--proxy-protocol-in",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "false",
            description =
                    "Each client connection begins with a header of the PROXY protocol, version 1 or 2. For use behind"
                            + " a proxy that sends it, and where nobody else can connect.")
    private boolean proxyProtocolIn;

    @Option(
            names = "--proxy-protocol-out",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "false",
            description = "Upstream connections begin with one, version 2, and serve one request each.")
    private boolean proxyProtocolOut;

    @Option(
            names = "--access-log",
            paramLabel = "FILE",
            description = "A line per request is added to this file; -: to standard output.")
    private @Nullable String accessLog;

    @Option(
            names = "--backlog",
            paramLabel = "N",
            defaultValue = "4096",
            description = "Connections each listener may hold before they are accepted; default 4096. The kernel lowers"
                    + " it to net.core.somaxconn.")
    private int backlog;

    /** Where to listen. */
    InetSocketAddress listen() {
        return ListenAddress.of(listen, command.commandLine());
    }

    int backlog() {
        require(backlog > 0, "--backlog", backlog, "1 or more");
        return backlog;
    }

    @Nullable
    String accessLog() {
        return accessLog;
    }

    /** All but the limits of connections. */
    ProxySettings settings() {
        if (upstreams.isEmpty()) {
            throw wrong("--upstream: give at least one, such as http://127.0.0.1:8080");
        }
        Timeouts timeouts = new Timeouts(
                seconds("--response-timeout", responseSeconds, 1),
                seconds("--idle-timeout", idleSeconds, 1),
                seconds("--tunnel-timeout", tunnelSeconds, 1));
        Duration connect = seconds("--connect-timeout", connectSeconds, 1);
        Duration header = seconds("--header-timeout", headerSeconds, 1);
        require(headerSeconds <= 3600, "--header-timeout", headerSeconds, "1 to 3600");
        try {
            return new ProxySettings(
                    upstreams,
                    hostHeader,
                    forwarded,
                    via,
                    new Limits(lineBytesMax, headerBytesMax, header, ConnectionLimits.NONE),
                    timeouts,
                    new PoolSettings(
                            poolConnections,
                            PoolSettings.DEFAULT.pendingMax(),
                            PoolSettings.DEFAULT.acquireTimeout(),
                            connect,
                            seconds("--pool-idle-timeout", poolIdleSeconds, 0)),
                    new EjectionSettings(failuresMax, errorsMax),
                    onClientClose,
                    proxyProtocolIn,
                    proxyProtocolOut);
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private Duration seconds(String option, long seconds, long min) {
        require(seconds >= min && seconds <= SECONDS_MAX, option, seconds, min + " to " + SECONDS_MAX);
        return Duration.ofSeconds(seconds);
    }

    private void require(boolean holds, String option, Object value, String expected) {
        if (!holds) {
            throw wrong(option + " " + value + ": give " + expected);
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
