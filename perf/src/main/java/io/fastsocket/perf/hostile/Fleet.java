package io.fastsocket.perf.hostile;

import io.fastsocket.perf.server.ChildProcesses;
import io.fastsocket.perf.server.RunCertificate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Every role of every server, side by side on one engine, and what hostile clients send to each. */
final class Fleet {
    private static final Payloads REQUESTS = new RequestPayloads();

    /** Such a client is the same to a proxy as to an origin; it is the upstream that is tried. */
    private static final Payloads VALID_REQUESTS = RequestPayloads::valid;

    private static final String HEADER = "PROXY TCP4 127.0.0.1 127.0.0.1 1000 80\r\n";
    private static final Probe ROOT = Probe.http("/");
    private static final int TRIES_MAX = 20;

    private final Path launcher;
    private final ChildProcesses children;
    private final List<String> engine;
    private final List<WatchedServer> servers = new ArrayList<>();
    private final List<Target> targets = new ArrayList<>();

    private Fleet(Path launcher, ChildProcesses children, String engine) {
        this.launcher = launcher;
        this.children = children;
        this.engine = List.of("--engine", engine);
    }

    /** Starts all and waits until they listen. */
    static Fleet start(Path launcher, ChildProcesses children, String engine, InetSocketAddress hostileOrigin)
            throws IOException, InterruptedException {
        Fleet fleet = new Fleet(launcher, children, engine);
        fleet.startAll(hostileOrigin);
        return fleet;
    }

    private void startAll(InetSocketAddress hostileOrigin) throws IOException, InterruptedException {
        RunCertificate certificate = RunCertificate.in(children.directory());
        String[] tls = {
            "--tls-cert",
            certificate.chain().toString(),
            "--tls-key",
            certificate.key().toString()
        };
        String hostile = "127.0.0.1:" + hostileOrigin.getPort();
        WatchedServer http = start("http", "http", "--host", "127.0.0.1", "--port", "0", "--metrics-port", "0");
        WatchedServer https = start("https", with(new String[] {"http", "--host", "127.0.0.1", "--port", "0"}, tls));
        WatchedServer echo = start("echo", "echo", "--host", "127.0.0.1", "--port", "0");
        WatchedServer upstream = start("proxy-upstream", proxy("http://" + hostile));
        WatchedServer tcpUpstream = start(
                "tcpproxy-header-upstream", with(tcpProxy(hostile), "--proxy-protocol-in", "--header-timeout", "2"));
        String origin = "127.0.0.1:" + http.awaitAddress().getPort();
        WatchedServer proxy = start("proxy", with(proxy("http://" + origin), "--metrics-port", "0"));
        WatchedServer tlsProxy =
                start("proxy-header-tls", with(with(proxy("http://" + origin), tls), "--proxy-protocol-in"));
        WatchedServer tcpProxy = start("tcpproxy", tcpProxy(origin));

        target("http", http.awaitAddress(), REQUESTS, false, ROOT);
        target("http-metrics", http.awaitMetricsAddress(), REQUESTS, false, Probe.http("/healthz"));
        target("https", https.awaitAddress(), new HelloPayloads(), true, ROOT.overTls());
        target("echo", echo.awaitAddress(), REQUESTS, false, new Probe(false, "", "probe", "probe", 1));
        target("proxy", proxy.awaitAddress(), REQUESTS, false, ROOT);
        target("proxy-upstream", upstream.awaitAddress(), VALID_REQUESTS, false, probed());
        target(
                "proxy-header-tls",
                tlsProxy.awaitAddress(),
                new ProxyHeaderPayloads(new HelloPayloads()),
                true,
                ROOT.behind(HEADER).overTls());
        target("tcpproxy", tcpProxy.awaitAddress(), REQUESTS, false, ROOT);
        target(
                "tcpproxy-header-upstream",
                tcpUpstream.awaitAddress(),
                new ProxyHeaderPayloads(REQUESTS),
                false,
                probed().behind(HEADER));
    }

    private static Probe probed() {
        return Probe.http("/probe").tries(TRIES_MAX);
    }

    /** Idle connections are closed soon, so that descriptors tell of what was forgotten. */
    private static String[] proxy(String upstream) {
        return new String[] {
            "proxy",
            "--listen",
            "127.0.0.1:0",
            "--upstream",
            upstream,
            "--pool-idle-timeout",
            "2",
            "--drain-timeout",
            "10"
        };
    }

    private static String[] tcpProxy(String upstream) {
        return new String[] {"tcpproxy", "--listen", "127.0.0.1:0", "--upstream", upstream};
    }

    private static String[] with(String[] words, String... more) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private WatchedServer start(String name, String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(engine);
        WatchedServer server = WatchedServer.start(name, launcher, all, children);
        servers.add(server);
        return server;
    }

    private void target(String name, InetSocketAddress address, Payloads payloads, boolean tls, Probe probe) {
        targets.add(new Target(name, address, payloads, tls, probe));
    }

    List<WatchedServer> servers() {
        return servers;
    }

    List<Target> targets() {
        return targets;
    }
}
