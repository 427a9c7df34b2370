package io.fastsocket.perf.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseParserTest {
    private static final String LENGTH = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
    private static final String CHUNKED =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;x=y\r\n \r\n0\r\nTrailer: x\r\n\r\n";
    private static final String EMPTY = "HTTP/1.1 204 No Content\r\n\r\n";
    private static final String NOT_MODIFIED = "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n";
    private static final String AFTER_INTERIM =
            "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    private static final String CLOSE = "HTTP/1.1 500 No\r\nConnection: x, Close\r\nContent-Length: 1\r\n\r\n!";
    private static final String OLD = "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n";
    private static final String OLD_KEEP = "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n";

    private final ResponseParser parser = new ResponseParser();

    @Test
    void findsTheEndsOfResponsesInOneReadAndInEveryTwoPieces() throws ProtocolException {
        String all = LENGTH + CHUNKED + EMPTY + NOT_MODIFIED + AFTER_INTERIM + OLD_KEEP + CLOSE;
        List<String> expected = List.of(
                "200 keep " + LENGTH.length(),
                "200 keep " + CHUNKED.length(),
                "204 keep " + EMPTY.length(),
                "304 keep " + NOT_MODIFIED.length(),
                "404 keep " + AFTER_INTERIM.length(),
                "200 keep " + OLD_KEEP.length(),
                "500 close " + CLOSE.length());

        assertThat(feed(all)).isEqualTo(expected);
        for (int cut = 1; cut < all.length(); cut++) {
            List<String> found = feed(all.substring(0, cut));
            found.addAll(feed(all.substring(cut)));
            assertThat(found).as("cut at %d", cut).isEqualTo(expected);
        }
    }

    @Test
    void findsThemByteByByte() throws ProtocolException {
        List<String> found = new ArrayList<>();
        for (char c : (LENGTH + CHUNKED + LENGTH).toCharArray()) {
            found.addAll(feed(String.valueOf(c)));
        }
        assertThat(found).hasSize(3);
    }

    @Test
    void takesTheCloseForTheEndWhenNoLengthIsSaid() throws ProtocolException {
        assertThat(feed("HTTP/1.1 200 OK\r\n\r\nuntil the close")).isEmpty();
        assertThat(parser.endOfInput()).isTrue();
        assertThat(parser.closes()).isTrue();
        assertThat(parser.bytes()).isEqualTo(34);
    }

    @Test
    void doesNotTakeTheCloseForTheEndOtherwise() throws ProtocolException {
        assertThat(parser.endOfInput()).isFalse();
        assertThat(feed("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab")).isEmpty();
        assertThat(parser.endOfInput()).isFalse();
    }

    @Test
    void knowsThatHttp10Closes() throws ProtocolException {
        assertThat(feed(OLD)).containsExactly("200 close " + OLD.length());
    }

    @Test
    void forgetsAHalfResponseOnANewConnection() throws ProtocolException {
        feed("HTTP/1.1 200 OK\r\nContent-Le");
        parser.reset();
        assertThat(feed(LENGTH)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9.2\r\n",
                "HTTP/2 200 OK\r\n",
                "HTTP/1.1 2x0 OK\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5 6\r\nContent-Length: 6\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
            })
    void refusesWhatIsNoResponse(String text) {
        assertThatThrownBy(() -> feed(text))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("line=")
                .hasMessageContaining("expected");
    }

    @Test
    void refusesALineThatNeverEnds() {
        assertThatThrownBy(() -> feed("HTTP/1.1 200 OK\r\nX: " + "x".repeat(20_000)))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("too long");
    }

    private List<String> feed(String text) throws ProtocolException {
        ByteBuf bytes = Unpooled.copiedBuffer(text, ISO_8859_1);
        List<String> found = new ArrayList<>();
        while (parser.next(bytes)) {
            found.add(parser.status() + (parser.closes() ? " close " : " keep ") + parser.bytes());
        }
        return found;
    }
}
