package io.fastsocket.perf.churn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class JvmMemoryTest {
    @Test
    void readsHeapOfG1() {
        assertThat(
                        JvmMemory.heapBytes(
                                """
                        5251:
                         garbage-first heap   total 57344K, used 6299K [0x0000000687400000, 0x0000000800000000)
                          region size 4096K, 0 young (0K), 0 survivors (0K)
                         Metaspace       used 9058K, committed 9344K, reserved 1114112K
                          class space    used 1083K, committed 1216K, reserved 1048576K
                        """))
                .isEqualTo(6299 * 1024);
    }

    @Test
    void addsGenerationsOfTheSerialCollectorButNotTheirSpaces() {
        assertThat(
                        JvmMemory.heapBytes(
                                """
                        5251:
                         def new generation   total 78656K, used 100K [0x0, 0x1, 0x2)
                          eden space 69952K,   4% used [0x0, 0x1, 0x2)
                         tenured generation   total 174784K, used 2000K [0x0, 0x1, 0x2)
                           the space 174784K,   0% used [0x0, 0x1, 0x2, 0x3)
                         Metaspace       used 1234K, committed 1344K, reserved 1056768K
                        """))
                .isEqualTo(2100 * 1024);
    }

    @Test
    void refusesHeapItCannotRead() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JvmMemory.heapBytes("5251:\n ZHeap used 10M\n"))
                .withMessageContaining("expected \"total xK, used yK\"");
    }

    @Test
    void readsDirectMemory() {
        assertThat(
                        JvmMemory.directBytes(
                                """
                        Total: reserved=7852567KB, committed=141455KB
                        -                  Internal (reserved=600KB, committed=600KB)
                        -                     Other (reserved=9000KB, committed=5130KB)
                                                    (malloc=5130KB #3) (at peak)
                        """))
                .isEqualTo(5130 * 1024);
    }

    @Test
    void takesDirectMemoryThatIsNotPrintedForNone() {
        assertThat(JvmMemory.directBytes("Total: reserved=7852567KB, committed=141455KB\n"))
                .isZero();
    }

    @Test
    void refusesJvmThatDoesNotTrackItsMemory() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JvmMemory.directBytes("5251:\nNative memory tracking is not enabled\n"))
                .withMessageContaining("fix: start the JVM with -XX:NativeMemoryTracking=summary");
    }
}
