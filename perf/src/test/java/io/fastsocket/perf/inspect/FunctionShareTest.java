package io.fastsocket.perf.inspect;

import static io.fastsocket.perf.inspect.FunctionShare.Kind.JAVA;
import static io.fastsocket.perf.inspect.FunctionShare.Kind.JVM;
import static io.fastsocket.perf.inspect.FunctionShare.Kind.KERNEL;
import static io.fastsocket.perf.inspect.FunctionShare.Kind.NATIVE;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FunctionShareTest {
    @Test
    void tellsWhoseCodeItIs() {
        String report =
                """
                # Overhead\tShared Object\tSymbol
                   12.50%\t[kernel.kallsyms]  \t[k] tcp_v4_rcv
                    5.00%\t[JIT] tid 4711\t[.] void io.netty.channel.AbstractChannel.read(int, java.lang.Object)
                    2.00%\tlibjvm.so\t[.] GCTaskThread::run
                    1.00%\tlibc.so.6\t[.] memcpy
                warning: something else
                """;

        assertThat(FunctionShare.parse(report))
                .containsExactly(
                        new FunctionShare("tcp_v4_rcv", KERNEL, 0.125),
                        new FunctionShare("io.netty.channel.AbstractChannel.read", JAVA, 0.05),
                        new FunctionShare("GCTaskThread::run", JVM, 0.02),
                        new FunctionShare("memcpy", NATIVE, 0.01));
    }
}
