package io.fastsocket.examples.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.examples.tls.ServerTls.Certificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Assumptions;

/** A client that believes any certificate, and the certificates, which openssl makes when a test runs. */
public final class TlsClient {
    private static final int READ_TIMEOUT_MILLIS = 10_000;

    private TlsClient() {}

    /** Makes {@code file.pem} and {@code file.key} for a name. Without openssl, the test is skipped. */
    public static void makeCertificate(Path directory, String file, String name) throws Exception {
        Process openssl;
        try {
            openssl = new ProcessBuilder(
                            "openssl",
                            "req",
                            "-x509",
                            "-newkey",
                            "ec",
                            "-pkeyopt",
                            "ec_paramgen_curve:prime256v1",
                            "-nodes",
                            "-days",
                            "2",
                            "-subj",
                            "/CN=" + name,
                            "-keyout",
                            directory.resolve(file + ".key").toString(),
                            "-out",
                            directory.resolve(file + ".pem").toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            Assumptions.abort("no openssl: " + e.getMessage());
            return;
        }
        assertThat(openssl.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(openssl.exitValue()).isZero();
    }

    /** A certificate that was made, for clients that ask for this host. */
    public static Certificate certificate(Path directory, String host, String file) {
        return new Certificate(host, directory.resolve(file + ".pem"), directory.resolve(file + ".key"));
    }

    /** A connection to loopback whose handshake is done, asking for a name. */
    public static SSLSocket connect(int port, String name) throws Exception {
        return connect(port, name, "TLSv1.3", "TLSv1.2");
    }

    /** The same, speaking no other versions. */
    public static SSLSocket connect(int port, String name, String... versions) throws Exception {
        SSLContext context = context();
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, name, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        parameters.setProtocols(versions);
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(READ_TIMEOUT_MILLIS);
        socket.startHandshake();
        return socket;
    }

    static SSLContext context() throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new X509TrustManager[] {new TrustsAll()}, new SecureRandom());
        return context;
    }

    private static final class TrustsAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
