package io.fastsocket.examples.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.fastsocket.transport.engine.Engine;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every case holds for this project's proxy, on every engine. */
@Tag("wire")
@Timeout(120)
@ParameterizedClass
@EnumSource(value = Engine.class, mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class WireTest {
    @Parameter
    Engine engine;

    private Engine started;
    private OwnProxy proxy;

    static List<WireCase> cases() {
        return WireCases.ALL;
    }

    /** Once for each: one instance has them all, in turn. */
    @BeforeEach
    void start() throws Exception {
        if (started != engine) {
            stop();
            started = engine;
            proxy = OwnProxy.start(engine);
        }
    }

    @AfterAll
    void stop() throws Exception {
        if (proxy != null) {
            proxy.close();
            proxy = null;
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void holds(WireCase wireCase) throws Exception {
        String known = KnownFaults.of(wireCase);
        try {
            proxy.play(wireCase, known == null ? OwnProxy.PATIENCE : KnownFaults.PATIENCE);
        } catch (Unmet e) {
            assertThat(known)
                    .as("%s, '%s' (%s): %s", engine, wireCase.name(), wireCase.rule(), e.observed())
                    .isNotNull();
            return;
        }
        if (known != null) {
            fail("%s, '%s' holds; fix: take it off KnownFaults", engine, wireCase.name());
        }
    }
}
