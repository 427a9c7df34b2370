package io.fastsocket.examples.proxy;

import static io.netty.handler.codec.http.HttpResponseStatus.BAD_GATEWAY;
import static io.netty.handler.codec.http.HttpResponseStatus.GATEWAY_TIMEOUT;

import io.fastsocket.examples.upstream.Upstream;
import io.fastsocket.examples.upstream.UpstreamBalancer;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.http.HttpStatusClass;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The upstreams that one request is tried on, one after the other, and what the loop's balancer hears of each. Used on one
 * loop.
 */
final class Attempts {
    /** How many upstreams are tried, where none accepts a connection. Nothing was sent to those that did not. */
    static final int UPSTREAMS_MAX = 4;

    /** How many other upstreams get a request that one has reset before an answer. */
    static final int FAILOVERS_MAX = 1;

    private final UpstreamBalancer balancer;

    /** Counted as having this request outstanding. */
    private @Nullable Upstream current;

    /** By the balancer's clock. */
    private long begunNanos;

    private Set<Upstream> tried = Set.of();
    private int failovers;
    private boolean connectLate;
    private String failure = "no upstream accepts a connection";

    Attempts(UpstreamBalancer balancer) {
        this.balancer = balancer;
    }

    /** The upstream to ask now; null when none is left. */
    @Nullable
    Upstream begin() {
        Upstream chosen = balancer.choose(tried).orElse(null);
        if (chosen == null || tried.size() >= UPSTREAMS_MAX) {
            return null;
        }
        begunNanos = balancer.begun(chosen);
        current = chosen;
        return chosen;
    }

    @Nullable
    Upstream current() {
        return current;
    }

    /** What the client is told when none is left. */
    Refusal noneLeft() {
        return new Refusal(connectLate ? GATEWAY_TIMEOUT : BAD_GATEWAY, failure);
    }

    void connectFailed(@Nullable Throwable cause) {
        if (current != null) {
            balancer.connectFailed(current, cause);
            connectLate |= cause instanceof ConnectTimeoutException;
            leaveOut(current);
        }
    }

    /** It ended or broke off the request, or did not answer it in time. */
    void failed() {
        if (current != null) {
            balancer.failed(current, begunNanos);
        }
    }

    /** The answer is there as a whole. */
    void answered(int status) {
        if (current != null) {
            balancer.answered(current, begunNanos, HttpStatusClass.SERVER_ERROR.contains(status));
        }
    }

    /** Whether {@link #begin} may choose another upstream for a request that this one has seen. */
    boolean mayFailOver() {
        return failovers < FAILOVERS_MAX;
    }

    void failOver(String why) {
        failovers++;
        failure = why;
        if (current != null) {
            leaveOut(current);
        }
    }

    private void leaveOut(Upstream failed) {
        Set<Upstream> more = new HashSet<>(tried);
        more.add(failed);
        tried = more;
    }

    /** The request is no longer outstanding with the upstream. */
    void end() {
        if (current != null) {
            balancer.ended(current);
            current = null;
        }
    }
}
