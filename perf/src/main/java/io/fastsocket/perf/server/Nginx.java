package io.fastsocket.perf.server;

import io.fastsocket.examples.http.HttpServerSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * nginx in every role: a pinned worker per loop, a listener each, no daemon and no file outside of its directory. Several may
 * run at once.
 */
final class Nginx {
    /** What {@code /bytes/N} and {@code /files/N} are there for. */
    private static final List<Integer> BODIES = List.of(1 << 10, 64 << 10, 1 << 20);

    private Nginx() {}

    static ServerCommand command(ServerSetup setup) throws IOException, InterruptedException {
        SystemProgram nginx = SystemProgram.find("nginx", "nginx-light", SystemProgram.searchPath());
        InetSocketAddress address = setup.host().freePort();
        Path own = Files.createDirectories(setup.directory().resolve("nginx-" + address.getPort()));
        for (int bytes : BODIES) {
            BodyFiles.write(own, bytes);
        }
        Path file = Files.writeString(own.resolve("nginx.conf"), configuration(setup, own, address));
        String version = nginx.version().replace("nginx version: ", "");
        return new ServerCommand(
                // The log before the configuration is read, too.
                List.of(nginx.path().toString(), "-e", "stderr", "-c", file.toString()),
                Optional.of(new Listening(address, version + ", " + setup.loops() + " workers")));
    }

    private static String configuration(ServerSetup setup, Path directory, InetSocketAddress address)
            throws IOException, InterruptedException {
        return """
                daemon off;
                pid %1$s/pid;
                error_log stderr error;
                worker_processes %2$d;
                worker_cpu_affinity auto;
                events { worker_connections 65536; }
                http {
                  access_log off;
                  client_body_temp_path %1$s/body;
                  proxy_temp_path %1$s/proxy;
                  fastcgi_temp_path %1$s/fastcgi;
                  uwsgi_temp_path %1$s/uwsgi;
                  scgi_temp_path %1$s/scgi;
                  sendfile on;
                  open_file_cache max=16;
                  keepalive_requests 1000000000;
                  keepalive_timeout 1h;
                %5$s
                  server {
                    listen %3$s:%4$d reuseport backlog=4096%6$s
                %7$s
                  }
                }
                """
                .formatted(
                        directory,
                        setup.loops(),
                        address.getAddress().getHostAddress(),
                        address.getPort(),
                        upstream(setup),
                        setup.role() == ServerRole.HTTPS ? " ssl;" + tls(setup) : ";",
                        setup.role().isProxy() ? proxied(setup) : answered(directory));
    }

    private static String tls(ServerSetup setup) throws IOException, InterruptedException {
        RunCertificate certificate = RunCertificate.in(setup.directory());
        // TLS 1.3 is no default before 1.23.4.
        return """

                    ssl_certificate %s;
                    ssl_certificate_key %s;
                    ssl_protocols TLSv1.2 TLSv1.3;"""
                .formatted(certificate.chain(), certificate.key());
    }

    private static String answered(Path directory) {
        return """
                    location = / { default_type text/plain; return 200 "%1$s"; }
                    location /bytes/ { default_type application/octet-stream; root %2$s; }
                    location /files/ { default_type application/octet-stream; alias %2$s/bytes/; }
                    location / { return 404; }"""
                .formatted(HttpServerSettings.DEFAULT.text(), directory);
    }

    private static String upstream(ServerSetup setup) {
        return switch (setup.role()) {
            case HTTP, HTTPS -> "";
            case PROXY ->
                "  upstream origin { server %s; keepalive 256; keepalive_requests 1000000000; }"
                        .formatted(setup.originName());
            case PROXY_NEW -> "  upstream origin { server %s; }".formatted(setup.originName());
        };
    }

    private static String proxied(ServerSetup setup) {
        return """
                    location / {
                      proxy_pass http://origin;
                      proxy_http_version 1.1;
                      proxy_set_header Connection "%s";
                      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                    }"""
                .formatted(setup.role() == ServerRole.PROXY ? "" : "close");
    }
}
