package io.fastsocket.affinity.tuning;

import io.fastsocket.affinity.Irqbalance;
import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.system.SystemRoot;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Speaks with a running irqbalance through its socket, as irqbalance-ui does: one command, one answer, one connection. It
 * listens to root alone; the kernel tells it who speaks.
 */
final class IrqbalanceSocket {
    private static final Pattern BANNED = Pattern.compile("\\bIRQ ([0-9]{1,9}) ");
    private static final Duration ANSWER_MAX = Duration.ofSeconds(2);
    private static final int ANSWER_BYTES_MAX = 1 << 20;

    private final SystemRoot root;

    IrqbalanceSocket(SystemRoot root) {
        this.root = root;
    }

    /** What it was told to leave alone, on its command line and since. */
    Answer<String> bans() {
        Optional<Path> socket = socket();
        if (socket.isEmpty()) {
            return Answer.unsupported("no irqbalance with a socket below /run/irqbalance runs here");
        }
        try {
            String answer = ask(socket.get(), "setup");
            if (!answer.startsWith("SLEEP")) {
                return Answer.failed("irqbalance does not answer on " + socket.get() + "; fix: run as root");
            }
            Set<Integer> irqs = new TreeSet<>();
            Matcher banned = BANNED.matcher(answer);
            while (banned.find()) {
                irqs.add(Integer.valueOf(banned.group(1)));
            }
            return Answer.known(IrqbalanceRules.words(irqs));
        } catch (IOException e) {
            return Answer.failed(
                    "cannot speak with irqbalance on " + socket.get() + ": " + e.getMessage() + "; fix: run as root");
        }
    }

    /** Tells it what to leave alone; the list replaces the one before. */
    void ban(String irqs) throws IOException {
        Path socket = socket().orElseThrow(() -> new IOException("irqbalance has ended, or has no socket"));
        ask(socket, "settings ban irqs " + (irqs.isBlank() ? "NONE" : irqs));
    }

    private Optional<Path> socket() {
        Irqbalance running = Irqbalance.read(root);
        if (running.pid().isEmpty()) {
            return Optional.empty();
        }
        String name = "/run/irqbalance/irqbalance" + running.pid().getAsInt() + ".sock";
        return root.isLive() && root.exists(name) ? Optional.of(root.path(name)) : Optional.empty();
    }

    static String ask(Path socket, String command) throws IOException {
        long deadline = System.nanoTime() + ANSWER_MAX.toNanos();
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                Selector selector = Selector.open()) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.write(ByteBuffer.wrap(command.getBytes(StandardCharsets.US_ASCII)));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
            ByteBuffer answer = ByteBuffer.allocate(ANSWER_BYTES_MAX);
            while (answer.hasRemaining()) {
                long millis = (deadline - System.nanoTime()) / 1_000_000;
                if (millis <= 0 || selector.select(millis) == 0) {
                    throw new IOException("no answer within " + ANSWER_MAX.toSeconds() + " s");
                }
                selector.selectedKeys().clear();
                if (channel.read(answer) < 0) {
                    break;
                }
            }
            return StandardCharsets.US_ASCII.decode(answer.flip()).toString();
        }
    }
}
