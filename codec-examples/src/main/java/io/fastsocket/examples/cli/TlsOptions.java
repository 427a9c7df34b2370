package io.fastsocket.examples.cli;

import io.fastsocket.examples.tls.ServerTls;
import io.fastsocket.examples.tls.ServerTls.Certificate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The options that make a server speak TLS. */
@SuppressWarnings("NullAway.Init") // picocli sets every option, to its default if need be
final class TlsOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--tls-cert",
            paramLabel = "PEM",
            description = "Certificate with its chain: clients then speak TLS. With --tls-key.")
    private @Nullable Path tlsCert;

    @Option(names = "--tls-key", paramLabel = "PEM", description = "Its key, in PKCS#8 without a password.")
    private @Nullable Path tlsKey;

    @Option(
            names = "--tls",
            paramLabel = "NAME=CERT:KEY",
            split = ",",
            converter = CertificateName.class,
            description = "A certificate for clients that ask for this name (SNI; *.example.com for one label more). As"
                    + " often as there are names; any other name gets --tls-cert, or the first.")
    private List<Certificate> certificates = new ArrayList<>();

    /** Null: clients do not speak TLS. */
    @Nullable
    ServerTls tls() {
        if ((tlsCert == null) != (tlsKey == null)) {
            throw wrong("--tls-cert and --tls-key: give both or none");
        }
        List<Certificate> all = new ArrayList<>();
        if (tlsCert != null && tlsKey != null) {
            all.add(new Certificate("", tlsCert, tlsKey));
        }
        all.addAll(certificates);
        try {
            return all.isEmpty() ? null : ServerTls.of(all);
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(command.commandLine(), message);
    }

    private static final class CertificateName implements ITypeConverter<Certificate> {
        @Override
        public Certificate convert(String value) {
            try {
                return Certificate.parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }
}
