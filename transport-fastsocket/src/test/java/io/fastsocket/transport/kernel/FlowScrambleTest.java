package io.fastsocket.transport.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FlowScrambleTest {
    private static final int SAMPLES = 4000;

    @Test
    void everyCpuGetsItsShare() throws Exception {
        FlowScramble scramble = new FlowScramble(11, List.of(0, 1, 2, 3, 4));
        int[] flows = new int[5];
        for (int port = 0; port < 5 * SAMPLES; port++) {
            flows[cpu(scramble, 20_000 + port)]++;
        }

        for (int share : flows) {
            assertThat(share).isBetween(SAMPLES * 9 / 10, SAMPLES * 11 / 10);
        }
    }

    /** What holds for every receive hash that is linear, Toeplitz among them, holds here by chance only. */
    @Test
    void threePortsDoNotTellTheFourth() throws Exception {
        FlowScramble scramble = new FlowScramble(12, List.of(0, 1));
        Random random = new Random(1);
        int told = 0;
        for (int i = 0; i < SAMPLES; i++) {
            int a = random.nextInt(1 << 16);
            int b = random.nextInt(1 << 16);
            int c = random.nextInt(1 << 16);
            if ((cpu(scramble, a) ^ cpu(scramble, b) ^ cpu(scramble, c)) == cpu(scramble, a ^ b ^ c)) {
                told++;
            }
        }

        assertThat(told).isBetween(SAMPLES * 45 / 100, SAMPLES * 55 / 100);
    }

    @Test
    void eachSecretIsAnotherCard() throws Exception {
        FlowScramble one = new FlowScramble(1L << 40, List.of(0, 1));
        FlowScramble other = new FlowScramble(1L << 41, List.of(0, 1));
        int same = 0;
        for (int port = 0; port < SAMPLES; port++) {
            same += cpu(one, port) == cpu(other, port) ? 1 : 0;
        }

        assertThat(same).isBetween(SAMPLES * 45 / 100, SAMPLES * 55 / 100);
    }

    @Test
    void thereIsACpuForEveryFlow() {
        assertThatThrownBy(() -> new FlowScramble(1, List.of()))
                .hasMessage(
                        "cannot scramble flows: cpus=[] (expected one or more, 0 and up): each packet goes to one of"
                                + " them; fix: give CPU numbers");
        assertThatThrownBy(() -> new FlowScramble(1, List.of(0, -1))).hasMessageContaining("cpus=[0, -1]");
    }

    private static int cpu(FlowScramble scramble, int port) throws Exception {
        return scramble.cpuFor(
                InetAddress.getByName("10.0.0.1"), InetAddress.getByName("10.0.0.2"), 8080, port & 0xffff);
    }
}
