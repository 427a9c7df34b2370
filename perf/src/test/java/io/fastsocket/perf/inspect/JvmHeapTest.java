package io.fastsocket.perf.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class JvmHeapTest {
    @Test
    void addsUpTheGenerations() throws Exception {
        String info =
                """
                4711:
                 PSYoungGen      total 76288K, used 55557K [0x00000000f5580000, 0x00000000fea80000, 0x0000000100000000)
                  eden space 65536K, 81% used [0x00000000f5580000,0x00000000f897d6b0,0x00000000f9580000)
                 ParOldGen       total 175104K, used 16K [0x00000000e0000000, 0x00000000eab00000, 0x00000000f5580000)
                  object space 175104K, 0% used [0x00000000e0000000,0x00000000e0004000,0x00000000eab00000)
                 Metaspace       used 9115K, committed 9344K, reserved 1114112K
                """;

        assertThat(JvmHeap.usedBytes(info)).isEqualTo((55557 + 16) * 1024L);
    }

    @Test
    void refusesAnotherCollectorsHeap() {
        assertThatThrownBy(() -> JvmHeap.usedBytes(" garbage-first heap   total 262144K, used 1024K"))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("GC.heap_info: generations=0 (expected 2, of the parallel collector)");
    }

    @Test
    void findsTheTotalOfAClassHistogram() throws Exception {
        String histogram =
                """
                4711:
                 num     #instances         #bytes  class name (module)
                -------------------------------------------------------
                   1:         23400        2344888  [B (java.base@17.0.15)
                   2:             1             16  TotalOfSomething
                Total         23401        2344904
                """;

        assertThat(JvmHeap.liveBytes(histogram)).isEqualTo(2_344_904);
        assertThatThrownBy(() -> JvmHeap.liveBytes("4711:\n"))
                .isInstanceOf(IOException.class)
                .hasMessage("GC.class_histogram has no line Total: 4711:");
    }

    @Test
    void addsUpWhatCollectionsFreedAndHowLongTheyTook() {
        String log =
                """
                [0.008s][info][gc     ] Using Parallel
                [1.299s][info][gc,heap] GC(0) PSYoungGen: 65536K(76288K)->2320K(76288K) Eden: 65536K(65536K)->0K(65536K)
                [1.299s][info][gc,heap] GC(0) ParOldGen: 0K(175104K)->16K(175104K)
                [1.299s][info][gc     ] GC(0) Pause Young (Allocation Failure) 64M->2M(245M) 24.544ms
                [2.299s][info][gc,heap] GC(1) PSYoungGen: 2320K(76288K)->0K(76288K) Eden: 0K(65536K)->0K(65536K)
                [2.299s][info][gc,heap] GC(1) ParOldGen: 16K(175104K)->1016K(175104K)
                [2.299s][info][gc     ] GC(1) Pause Full (System.gc()) 2M->1M(245M) 5.006ms
                """;

        assertThat(JvmHeap.collections(log))
                .isEqualTo(new JvmHeap.Collections((65536 - 2320 - 16 + 2320 - 1000) * 1024L, 24.544 + 5.006));
    }

    @Test
    void readsThisJvmIfItHasTheParallelCollector() throws Exception {
        JvmHeap own = new JvmHeap(ProcessHandle.current().pid());

        assertThat(JvmHeap.isAvailable()).isTrue();
        assertThatThrownBy(() -> new JvmHeap(Integer.MAX_VALUE).liveBytes())
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("jcmd 2147483647 GC.class_histogram failed:");
        byte[] held = new byte[1 << 24];
        long live = own.liveBytes();
        assertThat(live).isGreaterThan(held.length);
        assertThat(own.liveBytes()).isLessThan(live + held.length);
    }
}
