package io.fastsocket.examples.wire;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/** Another reverse proxy, configured to do what ours does by default: bodies as they come, connections kept. */
enum Peer {
    NGINX("nginx", "-v", "nginx/(\\S+)", "-p . -c proxy.conf") {
        @Override
        String configuration(List<OriginPorts> origins, IntFunction<String> address) {
            StringBuilder text = new StringBuilder(
                    """
                    daemon off;
                    pid nginx.pid;
                    error_log error.log crit;
                    worker_processes 1;
                    events { worker_connections 4096; }
                    http {
                      access_log off;
                      client_body_temp_path body;
                      proxy_temp_path proxy;
                      fastcgi_temp_path fastcgi;
                      uwsgi_temp_path uwsgi;
                      scgi_temp_path scgi;
                      # Above ours, so that no limit speaks before the proxy does.
                      client_max_body_size 0;
                      proxy_http_version 1.1;
                      proxy_buffering off;
                      proxy_request_buffering off;
                      proxy_pass_header Date;
                      proxy_pass_header Server;
                      proxy_set_header Host $http_host;
                      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                      proxy_set_header Upgrade $http_upgrade;
                      proxy_set_header Connection $connection_to_origin;
                      map $http_upgrade $connection_to_origin { "" ""; default upgrade; }
                    """);
            for (int i = 0; i < origins.size(); i++) {
                String servers = origins.get(i).ports().stream()
                        .map(port -> "server 127.0.0.1:" + port + " max_fails=0; ")
                        .collect(Collectors.joining());
                text.append("upstream origin%1$d { %2$skeepalive 8; }\n".formatted(i, servers))
                        .append("server { listen %s; location / { proxy_pass http://origin%d; } }\n"
                                .formatted(address.apply(i), i));
            }
            return text.append("}\n").toString();
        }
    },

    HAPROXY("haproxy", "-v", "version ([0-9.]+)", "-db -f proxy.conf") {
        @Override
        String configuration(List<OriginPorts> origins, IntFunction<String> address) {
            StringBuilder text = new StringBuilder(
                    """
                    global
                      nbthread 1
                      maxconn 4096
                    defaults
                      mode http
                      option http-keep-alive
                      http-reuse always
                      option redispatch 1
                      option forwardfor
                      timeout client 60s
                      timeout connect 3s
                      timeout server 60s
                      timeout http-keep-alive 60s
                    """);
            for (int i = 0; i < origins.size(); i++) {
                text.append("frontend in%1$d\n  bind %2$s\n  default_backend origin%1$d\nbackend origin%1$d\n"
                        .formatted(i, address.apply(i)));
                for (int port : origins.get(i).ports()) {
                    text.append("  server s%1$d 127.0.0.1:%1$d\n".formatted(port));
                }
            }
            return text.toString();
        }
    };

    final String command;
    final String versionOption;
    final String versionPattern;

    /** Separated by blanks. */
    final String arguments;

    Peer(String command, String versionOption, String versionPattern, String arguments) {
        this.command = command;
        this.versionOption = versionOption;
        this.versionPattern = versionPattern;
        this.arguments = arguments;
    }

    /** A frontend for each case, with origins of its own. */
    abstract String configuration(List<OriginPorts> origins, IntFunction<String> address);
}
