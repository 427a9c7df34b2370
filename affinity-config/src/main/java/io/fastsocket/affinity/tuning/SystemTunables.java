package io.fastsocket.affinity.tuning;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.system.Ethtool;
import io.fastsocket.affinity.system.EthtoolException;
import io.fastsocket.affinity.system.EthtoolSet;
import io.fastsocket.affinity.system.SystemRoot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The settings of this machine, or, but for irqbalance, of a recorded one. */
public final class SystemTunables implements Tunables {
    private static final int EOPNOTSUPP = 95;
    private static final String EQUAL = "equal ";

    private final SystemRoot root;
    private final Ethtool ethtool;
    private final IrqbalanceSocket irqbalance;

    public SystemTunables(SystemRoot root) {
        this.root = root;
        this.ethtool = root.ethtool();
        this.irqbalance = new IrqbalanceSocket(root);
    }

    // ---- read

    @Override
    public Answer<String> read(Setting setting) {
        if (setting instanceof Setting.KernelFile file) {
            return root.value(file.path());
        } else if (setting instanceof Setting.ConfigFile file) {
            return root.read(file.path(), SystemRoot.VALUE_BYTES_MAX);
        } else if (setting instanceof Setting.IrqbalanceBans) {
            return irqbalance.bans();
        }
        try {
            return Answer.known(readCard(setting));
        } catch (EthtoolException e) {
            return e.errno() == EOPNOTSUPP
                    ? Answer.unsupported(String.valueOf(e.getMessage()))
                    : Answer.failed(String.valueOf(e.getMessage()));
        }
    }

    private String readCard(Setting setting) throws EthtoolException {
        if (setting instanceof Setting.ChannelCount channels) {
            return EthtoolSet.currentChannels(ethtool, channels.interfaceName());
        } else if (setting instanceof Setting.InterruptCoalescing coalescing) {
            return EthtoolSet.currentCoalescing(ethtool, coalescing.interfaceName());
        }
        return EthtoolSet.currentIndirectionTable(ethtool, ((Setting.IndirectionTable) setting).interfaceName());
    }

    // ---- write

    @Override
    public void write(Setting setting, Optional<String> value) throws TuningException {
        try {
            if (setting instanceof Setting.ConfigFile file) {
                writeConfig(root.path(file.path()), value);
            } else {
                write(setting, value.orElseThrow());
            }
        } catch (IOException | EthtoolException | RuntimeException e) {
            throw new TuningException(
                    "cannot set " + setting.name() + ": value=\"" + value.orElse("") + "\": " + cause(e) + "; fix: "
                            + (e instanceof AccessDeniedException
                                    ? "run as root, on the host if this is a container"
                                    : "see what `affinity plan` and `dmesg` say of it"),
                    e);
        }
    }

    private static String cause(Exception e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        return e instanceof FileSystemException file && file.getReason() != null
                ? file.getReason()
                : String.valueOf(e.getMessage());
    }

    private void write(Setting setting, String value) throws IOException, EthtoolException, TuningException {
        if (setting instanceof Setting.KernelFile file) {
            writeKernel(root.path(file.path()), value);
        } else if (setting instanceof Setting.ChannelCount channels) {
            EthtoolSet.channels(ethtool, channels.interfaceName(), value);
        } else if (setting instanceof Setting.InterruptCoalescing coalescing) {
            EthtoolSet.coalescing(ethtool, coalescing.interfaceName(), value);
        } else if (setting instanceof Setting.IndirectionTable table) {
            EthtoolSet.indirectionTable(ethtool, table.interfaceName(), table(table, value));
        } else if (setting instanceof Setting.IrqbalanceBans) {
            irqbalance.ban(value);
        }
        requireStuck(setting, value);
    }

    /** One write(2), as the kernel wants it; nothing is created. */
    private static void writeKernel(Path file, String value) throws IOException {
        try (FileChannel channel = FileChannel.open(file, WRITE, TRUNCATE_EXISTING)) {
            // After this the kernel acts on it.
            channel.write(ByteBuffer.wrap((value + "\n").getBytes(StandardCharsets.ISO_8859_1)));
        }
    }

    /** Written beside and renamed, so that there is the old file or the new one; its mode stays. */
    private static void writeConfig(Path file, Optional<String> value) throws IOException {
        if (value.isEmpty()) {
            Files.deleteIfExists(file);
            return;
        }
        Set<PosixFilePermission> mode =
                Files.exists(file) ? Files.getPosixFilePermissions(file) : PosixFilePermissions.fromString("rw-r--r--");
        Path beside = file.resolveSibling("." + file.getFileName() + ".fastsocket");
        Files.deleteIfExists(beside);
        try (FileChannel channel = FileChannel.open(beside, WRITE, CREATE_NEW)) {
            channel.write(ByteBuffer.wrap(value.get().getBytes(StandardCharsets.ISO_8859_1)));
            channel.force(true);
        }
        Files.setPosixFilePermissions(beside, mode);
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** {@code "equal 4"} is 0 1 2 3 over and over. */
    private int[] table(Setting.IndirectionTable table, String value) throws EthtoolException {
        if (!value.startsWith(EQUAL)) {
            return Arrays.stream(value.strip().split("\\s+", -1))
                    .mapToInt(Integer::parseInt)
                    .toArray();
        }
        int queues = Integer.parseInt(value.substring(EQUAL.length()));
        int places = EthtoolSet.currentIndirectionTable(ethtool, table.interfaceName())
                .split(" ", -1)
                .length;
        return IntStream.range(0, places).map(place -> place % queues).toArray();
    }

    /** Some drivers take a value and do as they like. */
    private void requireStuck(Setting setting, String value) throws TuningException, EthtoolException {
        String expected = setting instanceof Setting.IndirectionTable table
                ? Arrays.stream(table(table, value)).mapToObj(String::valueOf).collect(Collectors.joining(" "))
                : value;
        Answer<String> now = read(setting);
        boolean stuck = now.toOptional()
                .filter(found -> Values.same(setting, found, expected)
                        || (isWords(setting) && Values.sameWordsOf(expected, found)))
                .isPresent();
        if (!stuck) {
            throw new TuningException("cannot set " + setting.name() + ": value=\"" + value + "\" (now "
                    + now.toOptional().map(found -> "\"" + found + "\"").orElse("unknown")
                    + "): the system took it and has another value; fix: leave it to the driver, or update the driver");
        }
    }

    private static boolean isWords(Setting setting) {
        return setting instanceof Setting.ChannelCount || setting instanceof Setting.InterruptCoalescing;
    }
}
