package io.fastsocket.affinity;

import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.system.RecordingEthtool;
import io.fastsocket.affinity.system.SystemFileException;
import io.fastsocket.affinity.system.SystemRoot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A machine in a file: what this project's readers read of {@code /proc}, {@code /sys}, {@code /etc} and the cards'
 * drivers, in a zip archive that {@link SystemRoot#recorded} reads. Needs no privilege; what may not be read is
 * missing.
 *
 * <p>It is made to be sent to somebody. It holds names and numbers of CPUs, interrupts, interfaces and drivers,
 * counters, limits, control groups, and the keys of receive hashes, which anyone on the machine can read. It holds no
 * addresses, neither MAC nor IP (in the cards' rules, zero stands in their place), no host name, no serial numbers, no
 * processes, and of the kernel's command line only what decides where work is done. Interfaces keep their names, those
 * too that were made of an address ({@code enx...}).
 */
public final class Recording {
    /** What could not be read, and why: a line for each file. */
    static final String UNREAD = "/unread";

    private final SystemRoot root;
    private final NewArchive archive;
    private final List<String> unread = new ArrayList<>();

    private Recording(SystemRoot root, NewArchive archive) {
        this.root = root;
        this.archive = archive;
    }

    /**
     * Writes one. Under its name there is the whole archive, readable by its owner alone, or none.
     *
     * @param root the machine; a recorded one is recorded again
     * @param archive where to; a file in a directory that exists
     * @throws IllegalArgumentException if there is a file of this name, or the machine's files hold more than 256 MiB
     * @throws IOException if the archive cannot be written
     */
    public static void write(SystemRoot root, Path archive) throws IOException {
        try (NewArchive begun = NewArchive.begin(archive)) {
            new Recording(root, begun).write();
            begun.finish();
        }
    }

    private void write() throws IOException {
        for (String file : RecordedFiles.files(root)) {
            addFile(file);
        }
        for (String link : RecordedFiles.links(root)) {
            addLink(link, link);
        }
        for (String link : RecordedFiles.linkedDirectories(root)) {
            addLink(link, link + SystemRoot.LINK_NAME_FILE);
        }
        for (String name : root.names("/sys/class/net")) {
            addEthtool(name);
        }
        archive.add(UNREAD, String.join("", unread), false);
    }

    private void addFile(String file) throws IOException {
        try {
            Answer<String> text = root.read(file, SystemRoot.BYTES_MAX);
            if (text instanceof Answer.Known<String> known) {
                archive.add(file, RecordedText.of(file, known.value()), root.ownerMayWrite(file));
            } else if (text instanceof Answer.Failed<String> failed) {
                unread.add(failed.why() + "\n");
            }
        } catch (SystemFileException malformed) {
            unread.add(malformed.getMessage() + "\n");
        }
    }

    private void addLink(String link, String file) throws IOException {
        try {
            if (root.linkName(link) instanceof Answer.Known<String> name) {
                archive.add(file, name.value() + "\n", false);
            }
        } catch (SystemFileException malformed) {
            unread.add(malformed.getMessage() + "\n");
        }
    }

    private void addEthtool(String interfaceName) throws IOException {
        if (!root.isDirectory("/sys/class/net/" + interfaceName)) {
            return;
        }
        RecordingEthtool ethtool = new RecordingEthtool(root.ethtool());
        try {
            new RssConfigReader(root, ethtool, InterfaceName.require(interfaceName)).read();
            ChannelsReader.read(ethtool, interfaceName);
            CoalescingReader.read(ethtool, interfaceName);
            NtupleReader.filtersOn(ethtool, interfaceName);
            NtupleReader.rules(ethtool, interfaceName);
            QueuePackets.read(ethtool, interfaceName);
        } catch (IllegalArgumentException malformed) {
            unread.add(malformed.getMessage() + "\n");
        }
        archive.add("/ethtool/" + interfaceName, ethtool.lines(interfaceName), false);
    }
}
