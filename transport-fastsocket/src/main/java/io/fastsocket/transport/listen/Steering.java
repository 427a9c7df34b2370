package io.fastsocket.transport.listen;

import io.fastsocket.transport.engine.CpuOwners;
import io.fastsocket.transport.engine.LoopEngine;
import io.fastsocket.transport.engine.PinnedLoop;
import io.fastsocket.transport.kernel.IncomingCpuSteering;
import io.fastsocket.transport.kernel.Probe;
import io.fastsocket.transport.kernel.SocketOptions;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The steer step: goes down the ladder of {@link SteeringPolicy} until one can be put in force. */
final class Steering {
    private final LoopEngine engine;
    private final List<PinnedLoop> loops;
    private final CpuOwners owners;

    Steering(LoopEngine engine, List<PinnedLoop> loops, CpuOwners owners) {
        this.engine = engine;
        this.loops = loops;
        this.owners = owners;
    }

    /**
     * @param listeners all of them listening, by loop index
     * @param order the same in the kernel's order
     */
    SteeringChoice apply(
            SteeringPolicy wish, List<ServerSocketChannel> listeners, ReuseportOrder<ServerSocketChannel> order) {
        if (wish == SteeringPolicy.KERNEL_HASH) {
            return new SteeringChoice(wish.label(), Optional.empty());
        }
        Optional<String> obstacle = obstacle(listeners);
        if (obstacle.isPresent()) {
            return new SteeringChoice(SteeringPolicy.KERNEL_HASH.label(), obstacle);
        }
        Optional<String> whyNoProgram = Optional.empty();
        if (wish == SteeringPolicy.RECEIVING_CPU) {
            whyNoProgram = attachProgram(listeners, order);
            if (whyNoProgram.isEmpty()) {
                return new SteeringChoice(wish.label(), Optional.empty());
            }
        }
        Optional<String> whyNoMarks = markListeners(listeners);
        if (whyNoMarks.isEmpty()) {
            return new SteeringChoice(SteeringPolicy.INCOMING_CPU.label(), whyNoProgram);
        }
        String why = whyNoProgram.map(reason -> reason + "; ").orElse("") + whyNoMarks.get();
        return new SteeringChoice(SteeringPolicy.KERNEL_HASH.label(), Optional.of(why));
    }

    private Optional<String> obstacle(List<ServerSocketChannel> listeners) {
        if (engine.socketOf(listeners.get(0)) == null) {
            return Optional.of("the " + engine.engine().label() + " engine does not give its sockets away");
        }
        return owners.loopByCpu().isEmpty() ? Optional.of("no loop is pinned") : Optional.empty();
    }

    /** Puts the program in force, or says why not. */
    private Optional<String> attachProgram(
            List<ServerSocketChannel> listeners, ReuseportOrder<ServerSocketChannel> order) {
        SortedMap<Integer, Integer> listenerByCpu = new TreeMap<>();
        owners.loopByCpu().forEach((cpu, loop) -> listenerByCpu.put(cpu, order.indexOf(listeners.get(loop))));
        try {
            // Through a member that listens: on one that is about to join, bind or listen would fail.
            SocketOptions.attachReuseportProgram(socketOf(listeners.get(0)), SteeringProgram.compile(listenerByCpu));
            return Optional.empty();
        } catch (IOException | IllegalArgumentException refused) {
            return Optional.of("SO_ATTACH_REUSEPORT_CBPF: " + refused.getMessage());
        }
    }

    /** Marks each listener with its loop's CPU, or says why that would not steer. */
    private Optional<String> markListeners(List<ServerSocketChannel> listeners) {
        Probe probe = IncomingCpuSteering.probe();
        if (!probe.isSupported()) {
            return Optional.of("SO_INCOMING_CPU: " + probe.cause());
        }
        try {
            for (PinnedLoop loop : loops) {
                if (loop.cpu() != PinnedLoop.UNPINNED) {
                    SocketOptions.setIncomingCpu(socketOf(listeners.get(loop.index())), loop.cpu());
                }
            }
            return Optional.empty();
        } catch (IOException refused) {
            return Optional.of("SO_INCOMING_CPU: " + refused.getMessage());
        }
    }

    private Socket socketOf(ServerSocketChannel listener) {
        Socket socket = engine.socketOf(listener);
        if (socket == null) {
            throw new IllegalStateException("no socket of " + listener);
        }
        return socket;
    }
}
