package io.fastsocket.perf.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/**
 * The self-signed certificate that every server of a run has: for {@code localhost}, an ECDSA key on P-256, which all TLS
 * libraries here are fast with.
 *
 * @param chain the certificate in PEM
 * @param key its key in PKCS#8 and PEM, for the user of this process alone
 * @param both certificate and key in one file, as HAProxy takes them
 */
public record RunCertificate(Path chain, Path key, Path both) {
    private static final String ALIAS = "server";

    /** The key store is deleted as soon as it is read. */
    private static final String PASSWORD = "changeit";

    /** The certificate in a run's directory, made by the JDK's keytool if it is not there yet. */
    public static RunCertificate in(Path directory) throws IOException, InterruptedException {
        Path own = Files.createDirectories(directory.resolve("certificate"));
        RunCertificate certificate =
                new RunCertificate(own.resolve("chain.pem"), own.resolve("key.pem"), own.resolve("chain-and-key.pem"));
        if (!Files.exists(certificate.both)) {
            certificate.make(own.resolve("store.p12"));
        }
        return certificate;
    }

    private void make(Path store) throws IOException, InterruptedException {
        SystemProgram.Output output = SystemProgram.run(keytool(store));
        if (output.exitCode() != 0) {
            throw new IOException("keytool made no certificate: " + output.text());
        }
        try {
            KeyStore made = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
            String certificateText =
                    pem("CERTIFICATE", made.getCertificate(ALIAS).getEncoded());
            String keyText = pem(
                    "PRIVATE KEY", made.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded());
            Files.writeString(chain, certificateText);
            writePrivately(key, keyText);
            writePrivately(both, certificateText + keyText);
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot read what keytool made: " + e, e);
        } finally {
            Files.delete(store);
        }
    }

    private static List<String> keytool(Path store) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString());
    }

    private static void writePrivately(Path file, String text) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text);
    }

    private static String pem(String type, byte[] encoded) {
        Base64.Encoder lines = Base64.getMimeEncoder(64, new byte[] {'\n'});
        return "-----BEGIN " + type + "-----\n" + lines.encodeToString(encoded) + "\n-----END " + type + "-----\n";
    }
}
