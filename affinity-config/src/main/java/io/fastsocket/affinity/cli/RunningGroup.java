package io.fastsocket.affinity.cli;

import io.fastsocket.affinity.CpuSet;
import io.fastsocket.affinity.system.SystemFileException;
import io.fastsocket.affinity.system.SystemRoot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The loops and listeners of a running process, as seen from outside.
 *
 * @param pid the process
 * @param loops its threads that are pinned to one CPU, in the order in which they were started
 * @param listeners its TCP listeners, in the order of their file numbers: a group opens them in the order of its loops
 */
record RunningGroup(int pid, List<Loop> loops, List<Listener> listeners) {
    /** A thread on one CPU. */
    record Loop(String thread, int cpu) {}

    /**
     * A listener.
     *
     * @param port where it listens
     * @param queued how many connections wait to be accepted
     */
    record Listener(int port, long queued) {}

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");
    private static final Pattern INODE = Pattern.compile("socket:\\[([0-9]{1,18})]");
    /** A listening socket of {@code /proc/net/tcp}: its port, its queue, its inode. */
    private static final Pattern LISTENING = Pattern.compile(
            "\\s*[0-9]+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:0000 0A [0-9A-F]{8}:([0-9A-F]{8}) \\S+ \\S+\\s+[0-9]+\\s+[0-9]+"
                    + " ([0-9]{1,18}) .*");

    private static final String ALLOWED = "Cpus_allowed_list:";

    static RunningGroup read(SystemRoot root, int pid) {
        if (!root.isDirectory("/proc/" + pid + "/task")) {
            throw new CommandFailed(CommandFailed.WRONG_USAGE, "there is no process " + pid);
        }
        List<Loop> loops = new ArrayList<>();
        for (String task : root.names("/proc/" + pid + "/task")) {
            loop(root, "/proc/" + pid + "/task/" + task).ifPresent(loops::add);
        }
        return new RunningGroup(pid, List.copyOf(loops), listeners(root, pid));
    }

    /** The process that listens on a port of this network namespace. */
    static int pidOfPort(SystemRoot root, int port) {
        Set<String> inodes = new LinkedHashSet<>();
        for (Socket socket : sockets(root, "/proc/net")) {
            if (socket.port == port) {
                inodes.add(socket.inode);
            }
        }
        if (inodes.isEmpty()) {
            throw new CommandFailed(CommandFailed.FAILED, "nobody listens on TCP port " + port);
        }
        for (String pid : root.names("/proc")) {
            if (NUMBER.matcher(pid).matches() && !Collections.disjoint(inodes(root, pid), inodes)) {
                return Integer.parseInt(pid);
            }
        }
        throw new CommandFailed(
                CommandFailed.FAILED,
                "TCP port " + port + " belongs to a process of another user; run as that user, or as root");
    }

    private static Optional<Loop> loop(SystemRoot root, String task) {
        for (String line : root.lines(task + "/status").toOptional().orElse(List.of())) {
            if (line.startsWith(ALLOWED)) {
                String list = line.substring(ALLOWED.length()).strip();
                if (NUMBER.matcher(list).matches()) {
                    String name = root.value(task + "/comm").toOptional().orElse("?");
                    return Optional.of(new Loop(name, CpuSet.parseList(list).first()));
                }
            }
        }
        return Optional.empty();
    }

    private static List<Listener> listeners(SystemRoot root, int pid) {
        List<String> inodes = inodes(root, String.valueOf(pid));
        List<Socket> sockets = sockets(root, "/proc/" + pid + "/net");
        List<Listener> listeners = new ArrayList<>();
        for (String inode : inodes) {
            sockets.stream()
                    .filter(socket -> socket.inode.equals(inode))
                    .forEach(socket -> listeners.add(new Listener(socket.port, socket.queued)));
        }
        return List.copyOf(listeners);
    }

    /** Of the sockets that a process has open, in the order of their file numbers; none where that may not be seen. */
    private static List<String> inodes(SystemRoot root, String pid) {
        List<String> inodes = new ArrayList<>();
        for (String file : root.names("/proc/" + pid + "/fd")) {
            Matcher inode = INODE.matcher(
                    root.linkName("/proc/" + pid + "/fd/" + file).toOptional().orElse(""));
            if (inode.matches()) {
                inodes.add(inode.group(1));
            }
        }
        return inodes;
    }

    private record Socket(int port, long queued, String inode) {}

    private static List<Socket> sockets(SystemRoot root, String directory) {
        List<Socket> sockets = new ArrayList<>();
        for (String file : List.of(directory + "/tcp", directory + "/tcp6")) {
            for (String line : root.lines(file).toOptional().orElse(List.of())) {
                Matcher socket = LISTENING.matcher(line);
                if (socket.matches()) {
                    sockets.add(new Socket(
                            Integer.parseInt(socket.group(1), 16),
                            Long.parseLong(socket.group(2), 16),
                            socket.group(3)));
                } else if (line.length() > 1024) {
                    throw new SystemFileException(
                            file,
                            0,
                            "cannot read " + file + ": a line has " + line.length()
                                    + " characters (expected about 150)");
                }
            }
        }
        return sockets;
    }
}
