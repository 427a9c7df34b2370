package io.fastsocket.transport.listen;

import io.fastsocket.transport.engine.CpuOwners;
import io.fastsocket.transport.engine.LoopEngine;
import io.fastsocket.transport.engine.PinnedLoop;
import io.fastsocket.transport.engine.StepDownCause;
import io.fastsocket.transport.kernel.IncomingCpuSteering;
import io.fastsocket.transport.kernel.Probe;
import io.fastsocket.transport.kernel.SocketOptions;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

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
            return SteeringChoice.asAskedFor(wish.label());
        }
        Optional<Refusal> obstacle = obstacle(listeners);
        if (obstacle.isPresent()) {
            return choice(SteeringPolicy.KERNEL_HASH, List.of(obstacle.get()));
        }
        List<Refusal> refusals = new ArrayList<>();
        if (wish == SteeringPolicy.RECEIVING_CPU) {
            attachProgram(listeners, order).ifPresent(refusals::add);
            if (refusals.isEmpty()) {
                return SteeringChoice.asAskedFor(wish.label());
            }
        }
        Optional<Refusal> whyNoMarks = markListeners(listeners);
        if (whyNoMarks.isEmpty()) {
            return choice(SteeringPolicy.INCOMING_CPU, refusals);
        }
        refusals.add(whyNoMarks.get());
        return choice(SteeringPolicy.KERNEL_HASH, refusals);
    }

    /** Why a policy is not to be had. */
    private record Refusal(String why, StepDownCause cause) {}

    private static SteeringChoice choice(SteeringPolicy chosen, List<Refusal> refusals) {
        String why = refusals.stream().map(Refusal::why).collect(Collectors.joining("; "));
        return new SteeringChoice(
                chosen.label(),
                why.isEmpty() ? Optional.empty() : Optional.of(why),
                refusals.stream().map(Refusal::cause).toList());
    }

    private Optional<Refusal> obstacle(List<ServerSocketChannel> listeners) {
        if (engine.socketOf(listeners.get(0)) == null) {
            return Optional.of(new Refusal(
                    "the " + engine.engine().label() + " engine does not give its sockets away",
                    StepDownCause.UNAVAILABLE));
        }
        return owners.loopByCpu().isEmpty()
                ? Optional.of(new Refusal("no loop is pinned", StepDownCause.UNPINNED))
                : Optional.empty();
    }

    /** Puts the program in force, or says why not. */
    private Optional<Refusal> attachProgram(
            List<ServerSocketChannel> listeners, ReuseportOrder<ServerSocketChannel> order) {
        SortedMap<Integer, Integer> listenerByCpu = new TreeMap<>();
        owners.loopByCpu().forEach((cpu, loop) -> listenerByCpu.put(cpu, order.indexOf(listeners.get(loop))));
        try {
            // Through a member that listens: on one that is about to join, bind or listen would fail.
            SocketOptions.attachReuseportProgram(socketOf(listeners.get(0)), SteeringProgram.compile(listenerByCpu));
            return Optional.empty();
        } catch (IOException | IllegalArgumentException refused) {
            return Optional.of(
                    new Refusal("SO_ATTACH_REUSEPORT_CBPF: " + refused.getMessage(), StepDownCause.of(refused)));
        }
    }

    /** Marks each listener with its loop's CPU, or says why that would not steer. */
    private Optional<Refusal> markListeners(List<ServerSocketChannel> listeners) {
        Probe probe = IncomingCpuSteering.probe();
        if (!probe.isSupported()) {
            return Optional.of(new Refusal("SO_INCOMING_CPU: " + probe.cause(), StepDownCause.UNAVAILABLE));
        }
        try {
            for (PinnedLoop loop : loops) {
                if (loop.cpu() != PinnedLoop.UNPINNED) {
                    SocketOptions.setIncomingCpu(socketOf(listeners.get(loop.index())), loop.cpu());
                }
            }
            return Optional.empty();
        } catch (IOException refused) {
            return Optional.of(new Refusal("SO_INCOMING_CPU: " + refused.getMessage(), StepDownCause.of(refused)));
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
