package io.fastsocket.transport.connect;

import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** What one loop remembers of remote addresses, the ones used last: a bounded map. Used by that loop alone. */
final class RemoteStates<S> {
    /** More than a proxy has upstreams; a crawler has more, and then computes anew. */
    static final int REMOTES_MAX = 1024;

    private final Map<InetSocketAddress, S> states = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<InetSocketAddress, S> eldest) {
            return size() > REMOTES_MAX;
        }
    };
    private final Function<InetSocketAddress, S> firstState;

    RemoteStates(Function<InetSocketAddress, S> firstState) {
        this.firstState = firstState;
    }

    S of(InetSocketAddress remote) {
        S state = states.get(remote);
        if (state == null) {
            state = firstState.apply(remote);
            states.put(remote, state);
        }
        return state;
    }
}
