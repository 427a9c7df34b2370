package io.fastsocket.perf.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemProgramTest {
    @Test
    void saysHowToInstallAMissingProgram(@TempDir Path empty) {
        assertThatThrownBy(() -> SystemProgram.find("no-such-server", "some-package", empty.toString()))
                .isInstanceOf(MissingServerException.class)
                .hasMessage("no-such-server not found on PATH; fix: apt-get install some-package");
    }

    @Test
    void findsAProgramInAnyDirectoryOfThePath(@TempDir Path empty) throws Exception {
        assertThat(SystemProgram.find("sh", "dash", empty + ":/bin:/usr/bin").path())
                .isEqualTo(Path.of("/bin/sh"));
    }

    @Test
    void keepsBothOutputsAndTheExitCode() throws Exception {
        assertThat(SystemProgram.run(List.of("sh", "-c", "echo out; echo err >&2; exit 3")))
                .isEqualTo(new SystemProgram.Output(3, "out\nerr"));
    }
}
