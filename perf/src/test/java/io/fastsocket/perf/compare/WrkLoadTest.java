package io.fastsocket.perf.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fastsocket.affinity.CpuSet;
import io.fastsocket.perf.server.ChildProcesses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WrkLoadTest {
    private static final InetSocketAddress SERVER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 4711);

    private final ChildProcesses children = new ChildProcesses();

    @AfterEach
    void endChildren() {
        children.close();
    }

    @Test
    void pinsOneSingleThreadedProcessToEachCpu() throws Exception {
        assertThat(commands(64, CpuSet.of(0, 3), Work.KEEPALIVE))
                .containsExactly(
                        "taskset -c 0 wrk -t1 -c32 -d5s http://127.0.0.1:4711/",
                        "taskset -c 3 wrk -t1 -c32 -d5s http://127.0.0.1:4711/");
    }

    @Test
    void sharesOutConnectionsThatDoNotDivideEvenly() throws Exception {
        assertThat(commands(8, CpuSet.of(0, 1, 2), Work.KEEPALIVE))
                .extracting(command -> command.replaceAll(".*(-c\\d+) .*", "$1"))
                .containsExactly("-c3", "-c3", "-c2");
    }

    @Test
    void leavesPlacementToTheSchedulerWithoutCpus() throws Exception {
        assertThat(commands(64, CpuSet.empty(), Work.KEEPALIVE))
                .containsExactly("wrk -t2 -c64 -d5s http://127.0.0.1:4711/");
    }

    @Test
    void asksForAConnectionPerRequestByHeader() throws Exception {
        assertThat(new WrkLoad(64, CpuSet.empty(), children).commands(SERVER, Work.NEW, 5))
                .singleElement()
                .asInstanceOf(InstanceOfAssertFactories.list(String.class))
                .containsSequence("-H", "Connection: close");
    }

    @Test
    void asksForABodyByPath() throws Exception {
        assertThat(commands(64, CpuSet.empty(), Work.BODY_1K))
                .containsExactly("wrk -t2 -c64 -d5s http://127.0.0.1:4711/bytes/1024");
        assertThat(commands(64, CpuSet.empty(), Work.FILE))
                .containsExactly("wrk -t2 -c64 -d5s http://127.0.0.1:4711/files/1048576");
    }

    @Test
    void pipelinesByAScript() throws Exception {
        String command = commands(64, CpuSet.empty(), Work.PIPELINE).get(0);

        Path script = Path.of(command.replaceAll(".* -s (\\S+) .*", "$1"));
        assertThat(script).content().contains("for i = 1, 16 do");
    }

    @Test
    void refusesFewerConnectionsThanCpus() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WrkLoad(2, CpuSet.of(0, 1, 2), children))
                .withMessage("cannot spread the load: connections=2 (expected at least 3, one for each thread of wrk)");
    }

    private List<String> commands(int connections, CpuSet cpus, Work work) throws Exception {
        return new WrkLoad(connections, cpus, children)
                .commands(SERVER, work, 5).stream()
                        .map(command -> String.join(" ", command))
                        .toList();
    }
}
