package io.fastsocket.perf.hostile;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** What a hostile client does within a real session of TLS: renegotiates, leaves without a word, or stops to speak TLS. */
final class TlsConduct {
    private static final SSLContext CONTEXT = context();
    private static final int READ_MILLIS_MAX = 200;
    private static final Payloads REQUESTS = new RequestPayloads();

    private TlsConduct() {}

    /** Does it, and closes the socket whatever happens. */
    static void carryOut(Socket raw, Payloads before, RandomGenerator random) {
        int kind = random.nextInt(7);
        boolean old = random.nextBoolean();
        byte[] header = before instanceof ProxyHeaderPayloads ? Payloads.latin("PROXY UNKNOWN\r\n") : new byte[0];
        byte[] request = REQUESTS.next(random);
        byte[] garbage = Payloads.random(1 + random.nextInt(1000), random);
        try (raw) {
            raw.setSoTimeout(READ_MILLIS_MAX);
            raw.getOutputStream().write(header);
            SSLSocket tls = (SSLSocket) CONTEXT.getSocketFactory().createSocket(raw, "localhost", raw.getPort(), false);
            tls.setEnabledProtocols(new String[] {old || kind == 0 ? "TLSv1.2" : "TLSv1.3"});
            tls.startHandshake();
            OutputStream out = tls.getOutputStream();
            switch (kind) {
                case 0 -> {
                    out.write(Payloads.latin("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
                    // A second handshake in the same session.
                    tls.startHandshake();
                    out.write(request);
                    read(tls.getInputStream());
                }
                case 1 -> {
                    out.write(request);
                    raw.setSoLinger(true, 0);
                }
                case 2 -> out.write(request, 0, request.length / 2);
                case 3 -> {
                    out.write(request);
                    raw.getOutputStream().write(garbage);
                    read(tls.getInputStream());
                }
                case 4 -> raw.getOutputStream().write(Payloads.latin("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
                case 5 -> {
                    out.write(request);
                    raw.shutdownOutput();
                    read(raw.getInputStream());
                }
                default -> {
                    out.write(request);
                    read(tls.getInputStream());
                    tls.close();
                }
            }
        } catch (IOException e) {
            // The server has ended it, which is its right.
        }
    }

    private static void read(InputStream in) throws IOException {
        byte[] sink = new byte[16 << 10];
        for (int reads = 0; reads < 4 && in.read(sink) >= 0; reads++) {
            // What it says does not matter.
        }
    }

    /** Trusts everybody: it is the server that is tried here. */
    static SSLContext context() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new AnyCertificate()}, new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK has no TLS: " + e, e);
        }
    }

    private static final class AnyCertificate implements X509TrustManager {
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
