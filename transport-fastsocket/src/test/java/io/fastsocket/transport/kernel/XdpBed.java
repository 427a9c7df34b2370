package io.fastsocket.transport.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Two network namespaces with a veth pair between them: {@code far}, and {@code near}, whose end {@value #NEAR_INTERFACE}
 * is the card that programs are attached to. Checksums are computed by the sender, since a packet that is moved to another
 * CPU by its driver loses the mark that this is still to be done.
 */
final class XdpBed implements AutoCloseable {
    static final String NEAR_INTERFACE = "vb";
    static final String FAR_IPV4 = "10.77.0.1";
    static final String NEAR_IPV4 = "10.77.0.2";
    static final String FAR_IPV6 = "fd77::1";

    private static final String FAR_INTERFACE = "va";
    private static final AtomicInteger BEDS = new AtomicInteger();

    private final String name = "fs-bed-" + ProcessHandle.current().pid() + "-" + BEDS.incrementAndGet();
    private final String far = name + "f";
    private final String near = name + "n";
    private final List<ChildProcess> processes = new ArrayList<>();

    XdpBed() throws Exception {
        boolean made = false;
        try {
            run("ip netns add " + far);
            run("ip netns add " + near);
            run("ip link add " + FAR_INTERFACE + " netns " + far + " type veth peer name " + NEAR_INTERFACE + " netns "
                    + near);
            run("ip -n " + far + " addr add " + FAR_IPV4 + "/24 dev " + FAR_INTERFACE);
            run("ip -n " + near + " addr add " + NEAR_IPV4 + "/24 dev " + NEAR_INTERFACE);
            run("ip -n " + far + " addr add " + FAR_IPV6 + "/64 dev " + FAR_INTERFACE + " nodad");
            run("ip -n " + near + " addr add fd77::2/64 dev " + NEAR_INTERFACE + " nodad");
            for (String namespace : List.of(far, near)) {
                run("ip -n " + namespace + " link set lo up");
            }
            run("ip -n " + far + " link set " + FAR_INTERFACE + " up");
            run("ip -n " + near + " link set " + NEAR_INTERFACE + " up");
            run("ip netns exec " + far + " ethtool -K " + FAR_INTERFACE + " tx off");
            run("ip netns exec " + near + " ethtool -K " + NEAR_INTERFACE + " tx off");
            made = true;
        } finally {
            if (!made) {
                close();
            }
        }
    }

    /** A process that stays on one CPU, from which so all its packets are sent. */
    ChildProcess far(int cpu) throws IOException {
        return start(far, "taskset -c " + cpu);
    }

    ChildProcess near(int cpu) throws IOException {
        return start(near, "taskset -c " + cpu);
    }

    ChildProcess near(String through) throws IOException {
        return start(near, through);
    }

    private ChildProcess start(String namespace, String through) throws IOException {
        ChildProcess process =
                ChildProcess.start(Arrays.asList(("ip netns exec " + namespace + " " + through).split(" ", -1)));
        processes.add(process);
        return process;
    }

    /** How {@code ip link} shows the card. */
    String showNear() throws Exception {
        return run("ip -n " + near + " link show dev " + NEAR_INTERFACE);
    }

    @Override
    public void close() throws Exception {
        for (ChildProcess process : processes) {
            process.close();
        }
        run("ip netns del " + near);
        run("ip netns del " + far);
    }

    private static String run(String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command.split(" ", -1))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = String.join("\n", process.inputReader().lines().toList());
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(command).isZero();
        return output;
    }
}
