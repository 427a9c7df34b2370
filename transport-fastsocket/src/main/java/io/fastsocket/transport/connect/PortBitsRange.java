package io.fastsocket.transport.connect;

import io.fastsocket.transport.engine.PinnedLoop;
import io.fastsocket.transport.kernel.PortBits;
import io.fastsocket.transport.kernel.XdpPortSteering;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The reserved range of ports whose low bits name a loop.
 *
 * @param interfaceName where an XDP program delivers by them
 * @param firstPort a multiple of the number of residues
 * @param portCount a multiple of the same
 * @param loopByResidue the loop index for each value of the low bits; as many as a power of two
 */
record PortBitsRange(String interfaceName, int firstPort, int portCount, List<Integer> loopByResidue) {
    PortBitsRange {
        loopByResidue = List.copyOf(loopByResidue);
    }

    /**
     * A range for a number of loops. Where that is no power of two, the first loops get two residues, so that no port is lost.
     *
     * @throws IllegalArgumentException if the range does not begin or end at a multiple of the residues
     */
    static PortBitsRange of(FlowDelivery.PortBitsOf wish, int loops) {
        int residues = loops == 1 ? 1 : Integer.highestOneBit(loops - 1) << 1;
        if (wish.firstPort() % residues != 0 || wish.portCount() % residues != 0) {
            throw new IllegalArgumentException("flow delivery by port bits failed on " + wish.interfaceName()
                    + ": firstPort=" + wish.firstPort() + ", portCount=" + wish.portCount() + " (expected multiples of "
                    + residues + " for " + loops + " loops): each loop needs as many; fix: give such a range, as "
                    + wish.firstPort() / residues * residues + " and "
                    + Math.max(residues, wish.portCount() / residues * residues));
        }
        List<Integer> loopByResidue = new ArrayList<>();
        for (int residue = 0; residue < residues; residue++) {
            loopByResidue.add(residue % loops);
        }
        return new PortBitsRange(wish.interfaceName(), wish.firstPort(), wish.portCount(), loopByResidue);
    }

    /** Loads the program that delivers by these bits. */
    XdpPortSteering steer(List<PinnedLoop> loops) throws IOException {
        return XdpPortSteering.attach(
                interfaceName,
                new PortBits(
                        firstPort,
                        portCount,
                        loopByResidue.stream()
                                .map(loop -> loops.get(loop).cpu())
                                .toList()));
    }

    @Override
    public String toString() {
        return interfaceName + ", ports " + firstPort + "-" + (firstPort + portCount - 1);
    }
}
