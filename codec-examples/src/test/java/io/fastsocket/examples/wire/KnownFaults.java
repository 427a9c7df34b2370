package io.fastsocket.examples.wire;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Cases that this project's proxy is known to fail, by name, with the reason. A case is taken off the list with the change that
 * mends it: while it is on {@link #ALWAYS} and passes, its test fails.
 */
final class KnownFaults {
    /** They are not waited for as long as others. */
    static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final String SURPLUS = "bytes behind a response stay in the decoder of a connection that is kept";
    private static final String BEHIND_UPGRADE = "bytes in one read with a request for an upgrade are decoded as HTTP";
    private static final String ACCEPTANCE = "a 101 without Sec-WebSocket-Accept is passed on";
    private static final String OTHER_ORIGIN = "a request that an origin ends without an answer is not sent to another";
    private static final String EARLY = "a failed write takes away the answer that is there already";

    /** Both cannot hold by default: "a client that ends its side gets what it has asked for" does. */
    private static final String CLOSED_OR_ENDED =
            "a client that closes cannot be told from one that ends its side and waits for its answer";

    /** On every engine. */
    static final Map<String, String> ALWAYS = Map.ofEntries(
            Map.entry("what is behind a length is not of the response", SURPLUS),
            Map.entry("a part of a response behind a response reaches nobody", SURPLUS),
            Map.entry("a body behind a response to HEAD reaches nobody", SURPLUS),
            Map.entry("a body behind a response 204 reaches nobody", SURPLUS),
            Map.entry("a body behind a response 304 reaches nobody", SURPLUS),
            Map.entry("text behind a request for an upgrade is held for the tunnel", BEHIND_UPGRADE),
            Map.entry("a line behind a request for an upgrade is held for the tunnel", BEHIND_UPGRADE),
            Map.entry("binary behind a request for an upgrade is held for the tunnel", BEHIND_UPGRADE),
            Map.entry("a request behind a request for an upgrade is held for the tunnel", BEHIND_UPGRADE),
            Map.entry("eight KiB behind a request for an upgrade are held for the tunnel", BEHIND_UPGRADE),
            Map.entry("a frame behind a websocket request is held for the tunnel", BEHIND_UPGRADE),
            Map.entry("what is behind a request for an upgrade does not arrive before 101", BEHIND_UPGRADE),
            Map.entry("a POST may ask for an upgrade, and its body is its body", BEHIND_UPGRADE),
            Map.entry("101 to a websocket without its acceptance is a fault", ACCEPTANCE),
            Map.entry("101 of another protocol to a websocket is a fault", ACCEPTANCE),
            Map.entry("a GET that an origin resets goes to another", OTHER_ORIGIN),
            Map.entry("a GET that an origin ends goes to another", OTHER_ORIGIN),
            Map.entry("a GET that both origins reset is a fault", OTHER_ORIGIN),
            Map.entry(
                    "a blank before a chunk size is refused",
                    "Netty passes over blanks before a chunk size; the chunk is written anew, so that nothing hides in it"));

    /** On some engines, by the order of events, or by an option. */
    static final Map<String, String> SOMETIMES = Map.of(
            "an early answer with close reaches a client that still sends", EARLY,
            "an early answer with close reaches a client in the middle of what it sends", EARLY,
            "an early answer to chunks reaches the client", EARLY,
            "an early answer that ends with its connection reaches the client", EARLY,
            "a client that closes while it waits ends the origin's work", CLOSED_OR_ENDED);

    private KnownFaults() {}

    /** The reason for a case to fail; null for one that must not. */
    static @Nullable String of(WireCase wireCase) {
        String always = ALWAYS.get(wireCase.name());
        return always == null ? SOMETIMES.get(wireCase.name()) : always;
    }
}
