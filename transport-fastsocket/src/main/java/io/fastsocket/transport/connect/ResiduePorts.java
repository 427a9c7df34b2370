package io.fastsocket.transport.connect;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.IntStream;

/** Chooses ports of a reserved range by their low bits, which an XDP program delivers by: {@link FlowMode#PORT_BITS}. */
final class ResiduePorts implements PortChooser {
    private final int[] ports;
    private int turn;

    ResiduePorts(PortBitsRange range, int loopIndex, int start) {
        List<Integer> loopByResidue = range.loopByResidue();
        this.ports = IntStream.range(range.firstPort(), range.firstPort() + range.portCount())
                .filter(port -> loopByResidue.get(port & (loopByResidue.size() - 1)) == loopIndex)
                .toArray();
        this.turn = start;
    }

    @Override
    public int first(InetSocketAddress remote) {
        return next(remote);
    }

    @Override
    public int next(InetSocketAddress remote) {
        return ports.length == 0 ? NONE : ports[(turn++ & Integer.MAX_VALUE) % ports.length];
    }
}
