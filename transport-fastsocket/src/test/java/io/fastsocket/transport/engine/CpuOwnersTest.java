package io.fastsocket.transport.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.affinity.CpuSet;
import io.fastsocket.affinity.CpuTopology;
import io.fastsocket.affinity.PinResult;
import io.netty.channel.DefaultEventLoopGroup;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a machine of two cores with two hardware threads each: CPUs 0 and 2, CPUs 1 and 3. */
class CpuOwnersTest {
    @TempDir
    private Path root;

    private final EventLoopGroup group = new DefaultEventLoopGroup(1);

    @BeforeEach
    void describeMachine() throws IOException {
        write("sys/devices/system/cpu/online", "0-3");
        for (int cpu = 0; cpu < 4; cpu++) {
            String topology = "sys/devices/system/cpu/cpu" + cpu + "/topology/";
            String siblings = cpu % 2 == 0 ? "0,2" : "1,3";
            write(topology + "thread_siblings_list", siblings);
            write(topology + "core_cpus_list", siblings);
            write(topology + "core_id", Integer.toString(cpu % 2));
            write(topology + "physical_package_id", "0");
        }
        write("proc/self/status", "Name:\tjava\nCpus_allowed_list:\t0-3\n");
    }

    @AfterEach
    void end() {
        group.shutdownGracefully();
    }

    private void write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text + "\n");
    }

    private PinnedLoop loop(int index, int cpu) {
        PinResult placement = new PinResult(cpu, cpu < 0 ? CpuSet.parseList("0-3") : CpuSet.of(cpu), Optional.empty());
        return new PinnedLoop(index, placement, group.next(), group);
    }

    @Test
    void aLoopOwnsTheOtherThreadsOfItsCore() {
        CpuOwners owners = CpuOwners.of(List.of(loop(0, 0), loop(1, 1)), CpuTopology.read(root));

        assertThat(owners.loopByCpu())
                .containsEntry(0, 0)
                .containsEntry(2, 0)
                .containsEntry(1, 1)
                .containsEntry(3, 1);
    }

    @Test
    void aLoopOfItsOwnComesFirst() {
        CpuOwners owners = CpuOwners.of(List.of(loop(0, 0), loop(1, 2)), CpuTopology.read(root));

        assertThat(owners.loopOf(0)).isZero();
        assertThat(owners.loopOf(2)).isEqualTo(1);
        assertThat(owners.loopOf(1)).isEqualTo(CpuOwners.NO_LOOP);
        assertThat(owners.loopOf(99)).isEqualTo(CpuOwners.NO_LOOP);
        assertThat(owners.loopOf(-1)).isEqualTo(CpuOwners.NO_LOOP);
    }

    @Test
    void unpinnedLoopsOwnNothing() {
        assertThat(CpuOwners.of(List.of(loop(0, -1)), CpuTopology.read(root)).loopByCpu())
                .isEmpty();
    }
}
