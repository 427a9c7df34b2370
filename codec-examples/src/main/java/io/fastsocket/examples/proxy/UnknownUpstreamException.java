package io.fastsocket.examples.proxy;

import io.fastsocket.examples.upstream.Upstream;
import java.io.IOException;

/** The name of an upstream has no address. */
public final class UnknownUpstreamException extends IOException {
    UnknownUpstreamException(Upstream upstream, Throwable cause) {
        super(
                "find upstream: host=" + upstream.host()
                        + " (expected: a name with an address): no such host; fix: correct it or the resolver",
                cause);
    }
}
