package io.fastsocket.perf.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelException;
import java.io.EOFException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.nio.channels.ClosedChannelException;
import org.junit.jupiter.api.Test;

class LoadErrorTest {
    /** The texts are those of Netty's engines and of the JDK. */
    @Test
    void isToldFromTheException() {
        assertThat(LoadError.of(new ConnectException("finishConnect(..) failed: Connection refused: /127.0.0.1:1")))
                .isEqualTo(LoadError.REFUSED);
        assertThat(LoadError.of(new IOException("recvAddress(..) failed: Connection reset by peer")))
                .isEqualTo(LoadError.RESET);
        assertThat(LoadError.of(new IOException("writeAddress(..) failed: Broken pipe")))
                .isEqualTo(LoadError.RESET);
        assertThat(LoadError.of(new ConnectException("finishConnect(..) failed: Connection timed out")))
                .isEqualTo(LoadError.TIMEOUT);
        assertThat(LoadError.of(new EOFException("end"))).isEqualTo(LoadError.CLOSED);
        assertThat(LoadError.of(new ClosedChannelException())).isEqualTo(LoadError.CLOSED);
        assertThat(LoadError.of(new ProtocolException("no HTTP"))).isEqualTo(LoadError.MALFORMED);
        assertThat(LoadError.of(new BindException("bind(..) failed: Address already in use")))
                .isEqualTo(LoadError.LOCAL);
        assertThat(LoadError.of(new IOException("newSocketStream(..) failed: Too many open files")))
                .isEqualTo(LoadError.LOCAL);
        assertThat(LoadError.of(new IOException("connect(..) failed: Cannot assign requested address")))
                .isEqualTo(LoadError.LOCAL);
        assertThat(LoadError.of(
                        new ChannelException("Failed to open a socket.", new IOException("Too many open files"))))
                .isEqualTo(LoadError.LOCAL);
        assertThat(LoadError.of(new ArithmeticException())).isEqualTo(LoadError.OTHER);
    }
}
