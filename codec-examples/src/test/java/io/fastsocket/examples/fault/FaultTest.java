package io.fastsocket.examples.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.EncoderException;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.UnsupportedMessageTypeException;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.util.IllegalReferenceCountException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.channels.NotYetConnectedException;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class FaultTest {
    static Stream<Arguments> exceptions() {
        return Stream.of(
                arguments(new SocketException("Connection reset"), Fault.RESET),
                arguments(new IOException("Connection reset by peer"), Fault.RESET),
                arguments(new IOException("Broken pipe"), Fault.RESET),
                arguments(
                        new IOException("recvAddress(..) failed with error(-104): Connection reset by peer"),
                        Fault.RESET),
                arguments(new NotYetConnectedException(), Fault.RESET),
                arguments(
                        new IOException("recvAddress(..) failed with error(-110): Connection timed out"), Fault.SOCKET),
                arguments(new ConnectTimeoutException("late"), Fault.SOCKET),
                arguments(new IOException((String) null), Fault.SOCKET),
                arguments(new PrematureChannelClosureException("early"), Fault.CUT),
                arguments(new SSLHandshakeException("no cipher"), Fault.TLS),
                arguments(new DecoderException(new SSLHandshakeException("no cipher")), Fault.TLS),
                arguments(new NotSslRecordException("GET /"), Fault.TLS),
                arguments(new SslHandshakeTimeoutException("late"), Fault.TLS),
                arguments(new HAProxyProtocolException("no header"), Fault.PROXY_HEADER),
                arguments(new TooLongFrameException("long"), Fault.UNREADABLE),
                arguments(new DecoderException(new IllegalArgumentException("zz")), Fault.UNREADABLE),
                arguments(new DecoderException(new NumberFormatException("zz")), Fault.UNREADABLE),
                arguments(new DecoderException(new IndexOutOfBoundsException("short")), Fault.UNREADABLE),
                arguments(new DecoderException(new NullPointerException("byteBuf")), Fault.DEFECT),
                arguments(new DecoderException(new IllegalReferenceCountException(0)), Fault.DEFECT),
                arguments(new EncoderException("no"), Fault.DEFECT),
                arguments(new EncoderException(new IllegalArgumentException("no")), Fault.DEFECT),
                arguments(new UnsupportedMessageTypeException("no"), Fault.DEFECT),
                arguments(new DecoderException(new OutOfMemoryError("direct")), Fault.DEFECT),
                arguments(new OutOfMemoryError("direct"), Fault.DEFECT),
                arguments(new NullPointerException("byteBuf"), Fault.DEFECT));
    }

    @ParameterizedTest
    @MethodSource("exceptions")
    void anExceptionTellsOneCause(Throwable exception, Fault expected) {
        assertThat(Fault.of(exception)).isEqualTo(expected);
    }
}
