package io.fastsocket.transport.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.affinity.system.SystemRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalPortsTest {
    @TempDir
    Path root;

    private Path sysctls;

    @BeforeEach
    void aMachine() throws IOException {
        sysctls = Files.createDirectories(root.resolve("proc/sys/net/ipv4"));
    }

    @Test
    void takesTheRangeWithoutTheReservedOnes() throws IOException {
        write("ip_local_port_range", "40000\t40009\n");
        write("ip_local_reserved_ports", "39999-40001,40005,40008-40020\n");

        LocalPorts ports = read();

        assertThat(ports.toArray()).containsExactly(40002, 40003, 40004, 40006, 40007);
        assertThat(ports).hasToString("net.ipv4.ip_local_port_range=40000-40009 without 39999-40001,40005,40008-40020");
    }

    @Test
    void takesTheKernelsDefaultWhereTheSystemDoesNotSay() {
        assertThat(read().count()).isEqualTo(28232);
        assertThat(read().at(0)).isEqualTo(32768);
    }

    @Test
    void leavesPrivilegedPortsOut() throws IOException {
        write("ip_local_port_range", "1 1025\n");

        assertThat(read().toArray()).containsExactly(1024, 1025);
    }

    @Test
    void mayEndUpWithNone() throws IOException {
        write("ip_local_port_range", "40000 40001\n");
        write("ip_local_reserved_ports", "40000-40001\n");

        assertThat(read().count()).isZero();
    }

    @Test
    void ignoresWhatNoKernelWrites() throws IOException {
        write("ip_local_port_range", "many\n");
        write("ip_local_reserved_ports", "-7,,9-,x,99999\n");

        assertThat(read().count()).isEqualTo(28232);
    }

    private LocalPorts read() {
        return LocalPorts.read(SystemRoot.recorded(root));
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(sysctls.resolve(name), text);
    }
}
