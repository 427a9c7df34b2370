package io.fastsocket.examples.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** One process of nginx or HAProxy in front of the origins of all cases, which are played at once. */
final class PeerProxy implements AutoCloseable {
    /** For an event that may never come: what then stands in the table. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Most cases wait for nothing but the proxy. */
    private static final int AT_ONCE = 8;

    private static final Duration START = Duration.ofSeconds(20);

    private final Process process;
    private final Path directory;
    private final String version;
    private final ExecutorService players = Executors.newFixedThreadPool(AT_ONCE);
    private final List<Future<String>> outcomes = new ArrayList<>();

    private PeerProxy(Process process, Path directory, String version) {
        this.process = process;
        this.directory = directory;
        this.version = version;
    }

    /** Starts it and begins to play. Skips the test where it is not installed. */
    static PeerProxy start(Peer peer, List<WireCase> cases) throws IOException, InterruptedException {
        Path program = find(peer.command);
        Path directory = Files.createTempDirectory("wire-" + peer.command);
        List<OriginPorts> origins = new ArrayList<>();
        for (WireCase wireCase : cases) {
            origins.add(OriginPorts.open(wireCase.origins()));
        }
        // Addresses of loopback that nobody else uses, all on one port below those that the kernel gives away.
        Random random = new Random();
        int net = 1 + random.nextInt(250);
        int port = 12_000 + random.nextInt(18_000);
        List<InetSocketAddress> addresses = Stream.iterate(0, i -> i + 1)
                .limit(cases.size())
                .map(i -> new InetSocketAddress("127.%d.%d.%d".formatted(net, 1 + i / 200, 1 + i % 200), port))
                .toList();
        Files.writeString(
                directory.resolve("proxy.conf"),
                peer.configuration(origins, i -> addresses.get(i).getAddress().getHostAddress() + ":" + port));
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(peer.arguments.split(" ", -1)));
        File log = directory.resolve("log").toFile();
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        PeerProxy started = new PeerProxy(process, directory, version(program, peer));
        try {
            started.awaitListening(addresses.get(cases.size() - 1));
        } catch (IOException | InterruptedException | RuntimeException e) {
            started.close();
            for (OriginPorts each : origins) {
                for (ServerSocketChannel listener : each.listeners()) {
                    listener.close();
                }
            }
            throw e;
        }
        for (int i = 0; i < cases.size(); i++) {
            started.begin(cases.get(i), addresses.get(i), origins.get(i));
        }
        return started;
    }

    private static Path find(String command) {
        List<Path> found = Stream.concat(
                        Stream.of(String.valueOf(System.getenv("PATH")).split(File.pathSeparator, -1)),
                        Stream.of("/usr/sbin", "/usr/local/sbin"))
                .map(directory -> Path.of(directory, command))
                .filter(Files::isExecutable)
                .toList();
        Assumptions.assumeFalse(found.isEmpty(), command + " is not installed; fix: .ci/packages");
        return found.get(0);
    }

    private static String version(Path program, Peer peer) throws IOException {
        Process asked = new ProcessBuilder(program.toString(), peer.versionOption)
                .redirectErrorStream(true)
                .start();
        String said = new String(asked.getInputStream().readAllBytes(), UTF_8);
        Matcher matcher = Pattern.compile(peer.versionPattern).matcher(said);
        return matcher.find() ? matcher.group(1) : said.strip();
    }

    private void awaitListening(InetSocketAddress last) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START.toNanos();
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(last, 1000);
                return;
            } catch (IOException e) {
                if (process.waitFor(20, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
                    throw new IOException(
                            "start of " + directory + ": " + Files.readString(directory.resolve("log"), UTF_8), e);
                }
            }
        }
    }

    private void begin(WireCase wireCase, InetSocketAddress address, OriginPorts origins) {
        Callable<String> play = () -> {
            try (Scene scene = new Scene(address, origins.listeners(), PATIENCE)) {
                wireCase.play(scene);
                return Disagreements.NONE;
            } catch (Unmet e) {
                return e.observed();
            }
        };
        outcomes.add(players.submit(play));
    }

    String version() {
        return version;
    }

    /** What the case at this place came to: {@link Disagreements#NONE}, or what was observed in place of what is required. */
    String outcome(int place) throws Exception {
        return outcomes.get(place).get(2, TimeUnit.MINUTES);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        players.shutdownNow();
        players.awaitTermination(10, TimeUnit.SECONDS);
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
