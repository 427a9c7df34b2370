package io.fastsocket.perf.churn;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShortConnectionTest {
    private static final String HEAD = "HTTP/1.1 200 OK\r\nConnection: close\r\ncontent-length: 6\r\n\r\n";

    @Test
    void acceptsAWholeResponse() {
        assertThatCode(() -> ShortConnection.requireWhole(HEAD + "hello\n")).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "'', closed without a response",
        "HTTP/1.1 200 OK, closed within the response's head",
        "HTTP/1.1 503 Busy, unexpected status: HTTP/1.1 503 Busy",
    })
    void refusesWhatIsNoResponse(String received, String message) {
        assertThatThrownBy(() -> ShortConnection.requireWhole(received))
                .isInstanceOf(IOException.class)
                .hasMessage(message);
    }

    @Test
    void refusesABodyCutShort() {
        assertThatThrownBy(() -> ShortConnection.requireWhole(HEAD + "hell"))
                .isInstanceOf(IOException.class)
                .hasMessage("closed within the response's body: bytes=4 (expected 6)");
    }
}
