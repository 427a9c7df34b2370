package io.fastsocket.perf.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.affinity.CpuSet;
import io.fastsocket.affinity.CpuTopology;
import io.fastsocket.transport.engine.Engine;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509KeyManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a TLS server of the JDK's. */
@Timeout(60)
class LoadOverTlsTest {
    private static final CpuSet ONE_CPU = CpuSet.of(CpuTopology.read().allowed().toArray()[0]);

    private static final String PASSWORD = "changeit";
    private static KeyStore store;

    @BeforeAll
    static void makeKey(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("test.p12");
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        String options = " -genkeypair -alias key -keyalg RSA -dname CN=test -storepass " + PASSWORD + " -keystore ";
        Process made = new ProcessBuilder((keytool + options + file).split(" "))
                .inheritIO()
                .start();
        assertThat(made.waitFor(30, TimeUnit.SECONDS)).isTrue();
        store = KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void resumesSessionsIfItMay(boolean resumption) throws Exception {
        CountingKeys keys = new CountingKeys(store);
        try (ScriptedServer server = new ScriptedServer(listener(keys), peer -> {
                    if (peer.readRequest()) {
                        peer.write(ScriptedServer.OK_CLOSE);
                    }
                });
                LoadGenerator generator = new LoadGenerator(ONE_CPU, Engine.AUTO)) {
            server.accept();
            LoadReport report = generator.run(plan(new LoadWork(targets(server), true, 1, List.of(), resumption)));

            assertThat(report.firstFailures()).isEmpty();
            assertThat(report.answered()).isEqualTo(20);
            assertThat(server.connections()).isEqualTo(20);
            if (resumption) {
                assertThat(keys.fullHandshakes.get()).isBetween(1, 2);
            } else {
                assertThat(keys.fullHandshakes.get()).isEqualTo(20);
            }
        }
    }

    @Test
    void keepsConnectionsAlive() throws Exception {
        CountingKeys keys = new CountingKeys(store);
        try (ScriptedServer server = new ScriptedServer(listener(keys), peer -> {
                    while (peer.readRequest()) {
                        peer.write(ScriptedServer.OK);
                    }
                });
                LoadGenerator generator = new LoadGenerator(ONE_CPU, Engine.AUTO)) {
            server.accept();
            LoadReport report = generator.run(plan(new LoadWork(targets(server), false, 1, List.of(), true)));

            assertThat(report.firstFailures()).isEmpty();
            assertThat(report.answered()).isEqualTo(20);
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void countsAServerThatSpeaksNoTls() throws Exception {
        try (ScriptedServer server = new ScriptedServer(peer -> {
                    peer.write(ScriptedServer.OK);
                    peer.awaitEnd();
                });
                LoadGenerator generator = new LoadGenerator(ONE_CPU, Engine.AUTO)) {
            LoadReport report = generator.run(plan(new LoadWork(targets(server), true, 1, List.of(), true)));

            assertThat(report.errors()).containsEntry(LoadError.OTHER, 20L);
            assertThat(report.firstFailures().get(LoadError.OTHER)).contains("not an SSL/TLS record");
        }
    }

    private static List<Target> targets(ScriptedServer server) {
        InetSocketAddress address = server.target().address();
        return List.of(new Target(address, "test", "/", true));
    }

    private static LoadPlan plan(LoadWork work) {
        return new LoadPlan(
                work,
                LoadPlan.CLOSED_LOOP,
                1,
                LoadBounds.of(Duration.ofSeconds(20)).withRequestsMax(20));
    }

    private static ServerSocket listener(KeyManager keys) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[] {keys}, null, null);
        return context.getServerSocketFactory().createServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    }

    /** Counts full handshakes: a resumed one needs no key. */
    private static final class CountingKeys implements X509KeyManager {
        private final PrivateKey key;
        private final X509Certificate certificate;
        final AtomicInteger fullHandshakes = new AtomicInteger();

        CountingKeys(KeyStore store) throws GeneralSecurityException {
            this.key = (PrivateKey) store.getKey("key", PASSWORD.toCharArray());
            this.certificate = (X509Certificate) store.getCertificate("key");
        }

        @Override
        public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
            return keyType.startsWith("RSA") ? "key" : null;
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            fullHandshakes.incrementAndGet();
            return key;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return new X509Certificate[] {certificate};
        }

        @Override
        public String[] getServerAliases(String keyType, Principal[] issuers) {
            return new String[] {"key"};
        }

        @Override
        public String[] getClientAliases(String keyType, Principal[] issuers) {
            return null;
        }

        @Override
        public String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
            return null;
        }
    }
}
