package io.fastsocket.perf.report;

import io.netty.util.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** The machine and the versions that figures were taken with: without them a figure says nothing. */
public final class Environment {
    private final Path root;
    private final Clock clock;

    /**
     * The environment as files below a root tell it.
     *
     * @param root {@code /}, or a recorded copy
     */
    public Environment(Path root, Clock clock) {
        this.root = root;
        this.clock = clock;
    }

    /** The record, ready for {@link Json}. What a machine does not tell is {@code unknown}. */
    public Map<String, Object> record() {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("date", clock.instant().toString());
        record.put("kernel", file("proc/sys/kernel/osrelease"));
        record.put("cpuModel", cpuModel());
        record.put("cpus", Runtime.getRuntime().availableProcessors());
        record.put("jvm", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        record.put("netty", nettyVersions());
        record.put("ipLocalPortRange", file("proc/sys/net/ipv4/ip_local_port_range"));
        record.put("tcpTwReuse", file("proc/sys/net/ipv4/tcp_tw_reuse"));
        return record;
    }

    private String cpuModel() {
        return file("proc/cpuinfo")
                .lines()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }

    private static Map<String, String> nettyVersions() {
        Map<String, String> versions = new TreeMap<>();
        Version.identify().forEach((artifact, version) -> versions.put(artifact, version.artifactVersion()));
        return versions;
    }

    private String file(String path) {
        try {
            return Files.readString(root.resolve(path)).strip().replace('\t', ' ');
        } catch (IOException e) {
            return "unknown";
        }
    }
}
