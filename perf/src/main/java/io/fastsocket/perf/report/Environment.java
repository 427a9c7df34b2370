package io.fastsocket.perf.report;

import io.netty.util.Version;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The machine and the versions that figures were taken with: without them a figure says nothing. */
public final class Environment {
    private static final String UNKNOWN = "unknown";
    private static final String INCUBATOR = "netty-incubator-transport-native-io_uring";
    private static final int FILE_BYTES_MAX = 1 << 20;

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

    /** The record, ready to be written as JSON. What a machine does not tell is {@code unknown}. */
    public Map<String, Object> record() {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("date", clock.instant().toString());
        record.put("kernel", file("proc/sys/kernel/osrelease"));
        record.put("cpuModel", cpu("model name"));
        // A hypervisor may give one name to processors of several generations.
        record.put("cpuFamilyModelStepping", cpu("cpu family") + "/" + cpu("model") + "/" + cpu("stepping"));
        record.put("mitigations", mitigations());
        record.put("cpus", Runtime.getRuntime().availableProcessors());
        record.put("jvm", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        record.put("netty", nettyVersions());
        record.put("ipLocalPortRange", file("proc/sys/net/ipv4/ip_local_port_range"));
        record.put("tcpTwReuse", file("proc/sys/net/ipv4/tcp_tw_reuse"));
        return record;
    }

    private String cpu(String field) {
        return file("proc/cpuinfo")
                .lines()
                .filter(line -> line.substring(0, Math.max(0, line.indexOf(':')))
                        .strip()
                        .equals(field))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(UNKNOWN);
    }

    /** By the name of what the processor is vulnerable to, which costs time in every system call. */
    private Map<String, String> mitigations() {
        Map<String, String> mitigations = new TreeMap<>();
        Path directory = root.resolve("sys/devices/system/cpu/vulnerabilities");
        try (Stream<Path> vulnerabilities = Files.list(directory)) {
            for (Path vulnerability : vulnerabilities.toList()) {
                String state = file(root.relativize(vulnerability).toString());
                if (!state.equals("Not affected")) {
                    mitigations.put(vulnerability.getFileName().toString(), state);
                }
            }
        } catch (IOException e) {
            mitigations.put("vulnerabilities", UNKNOWN);
        }
        return mitigations;
    }

    private static Map<String, String> nettyVersions() {
        Map<String, String> versions = new TreeMap<>();
        Version.identify().forEach((artifact, version) -> versions.put(artifact, version.artifactVersion()));
        versions.put(INCUBATOR, incubatorVersion());
        return versions;
    }

    /** The incubator's jars are not in Netty's version record. */
    private static String incubatorVersion() {
        String resource = "/META-INF/maven/io.netty.incubator/" + INCUBATOR + "/pom.properties";
        Properties properties = new Properties();
        try (InputStream in = Environment.class.getResourceAsStream(resource)) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            return UNKNOWN;
        }
        return properties.getProperty("version", UNKNOWN);
    }

    private String file(String path) {
        // In large pieces: a sysctl file gives numbers to the first read alone, and Files.readString begins with one
        // byte.
        try (InputStream in = Files.newInputStream(root.resolve(path))) {
            return new String(in.readNBytes(FILE_BYTES_MAX), StandardCharsets.UTF_8)
                    .strip()
                    .replace('\t', ' ');
        } catch (IOException e) {
            return UNKNOWN;
        }
    }
}
