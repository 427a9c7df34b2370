package io.fastsocket.transport;

import io.fastsocket.affinity.AffinityPlan;
import io.fastsocket.affinity.CpuSet;
import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.engine.EngineStartException;
import io.fastsocket.transport.engine.Engines;
import io.fastsocket.transport.engine.LoopEngine;
import io.fastsocket.transport.engine.LoopStarter;
import io.fastsocket.transport.engine.PinnedLoop;
import io.fastsocket.transport.engine.StepDownCause;
import io.fastsocket.transport.engine.StepsDown;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The running loops of a new group, on the best engine that starts.
 *
 * @param capabilities engine and placement, and why not more
 * @param engineStepsDown by cause, the engines that did not start
 * @param placementStepsDown by cause, what was wanted and is not so
 */
record GroupStart(
        LoopEngine engine,
        List<PinnedLoop> loops,
        List<Capability> capabilities,
        StepsDown engineStepsDown,
        StepsDown placementStepsDown) {
    private static final InternalLogger logger = InternalLoggerFactory.getInstance(FastSocketEventLoopGroup.class);

    static GroupStart onFirstEngineThatStarts(FastSocketEventLoopGroupBuilder wish, AffinityPlan plan, CpuSet allowed) {
        List<String> whyNotMore = new ArrayList<>();
        StepsDown stepsDown = new StepsDown();
        Throwable lastCause = null;
        for (LoopEngine engine : Engines.ladder(wish.engine, wish.ringSizeEntries)) {
            Optional<Throwable> unavailable = engine.unavailabilityCause();
            try {
                if (unavailable.isEmpty()) {
                    List<PinnedLoop> loops = LoopStarter.start(engine, plan, wish.threadName, allowed);
                    return new GroupStart(
                            engine,
                            loops,
                            List.of(engineChosen(engine, whyNotMore), placed(plan, loops)),
                            stepsDown,
                            placementStepsDown(plan, loops));
                }
                lastCause = rootCauseOf(unavailable.get());
            } catch (EngineStartException failed) {
                lastCause = rootCauseOf(failed);
            }
            stepsDown.count(StepDownCause.of(lastCause));
            whyNotMore.add(engine.engine().label() + ": " + lastCause);
        }
        throw new IllegalStateException(
                "start failed on event loop group: engine=" + wish.engine.label() + ": " + lastCause + "; fix: "
                        + remedy(wish.engine),
                lastCause);
    }

    /** What Netty wraps it into says only that a loop cannot be made. */
    private static Throwable rootCauseOf(Throwable failure) {
        Throwable cause = failure;
        for (Throwable next = cause.getCause(); next != null; next = cause.getCause()) {
            cause = next;
        }
        return cause;
    }

    private static String remedy(Engine engine) {
        return switch (engine) {
            case IO_URING ->
                "allow io_uring (sysctl kernel.io_uring_disabled=0, the container's seccomp profile), raise the limit of locked memory (ulimit -l) or lower ringSize, put"
                        + " netty-incubator-transport-native-io_uring on the class path, or use Engine.AUTO";
            case EPOLL -> "run on Linux with netty-transport-native-epoll on the class path, or use Engine.AUTO";
            case AUTO, NIO -> "raise the limits of open files and threads (ulimit -n, ulimit -u)";
        };
    }

    private static Capability engineChosen(LoopEngine engine, List<String> whyNotMore) {
        Optional<String> why = whyNotMore.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", whyNotMore));
        why.ifPresent(cause -> logger.info(
                "Engine {} instead of a better one: {}", engine.engine().label(), cause));
        return new Capability(LadderStep.ENGINE.label(), engine.engine().label(), why);
    }

    private static Capability placed(AffinityPlan plan, List<PinnedLoop> loops) {
        plan.warning().ifPresent(logger::warn);
        List<String> problems = new ArrayList<>(plan.warning().stream().toList());
        for (PinnedLoop loop : loops) {
            loop.placement().failure().ifPresent(failure -> problems.add("loop " + loop.index() + ": " + failure));
        }
        long pinned = pinned(loops);
        if (problems.size() > plan.warning().stream().count()) {
            logger.warn(
                    "pin failed on {} of {} loops: {}; fix: allow sched_setaffinity(2), or use placement none()",
                    loops.size() - pinned,
                    loops.size(),
                    problems);
        }
        String chosen = pinned == loops.size()
                ? "pinned"
                : pinned == 0 ? "unpinned" : pinned + " of " + loops.size() + " pinned";
        return new Capability(
                LadderStep.PLACEMENT.label(),
                chosen,
                problems.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", problems)));
    }

    /** One for fewer loops than were wanted, one for loops that could not be pinned. */
    private static StepsDown placementStepsDown(AffinityPlan plan, List<PinnedLoop> loops) {
        StepsDown stepsDown = new StepsDown();
        plan.warning().ifPresent(fewer -> stepsDown.count(StepDownCause.LIMIT));
        loops.stream()
                .flatMap(loop -> loop.placement().failure().stream())
                .findFirst()
                .ifPresent(failure -> stepsDown.count(StepDownCause.of(failure)));
        return stepsDown;
    }

    private static long pinned(List<PinnedLoop> loops) {
        return loops.stream().filter(loop -> loop.cpu() != PinnedLoop.UNPINNED).count();
    }

    /** Of {@link LadderStep#rungs()}. */
    String placementRung() {
        long pinned = pinned(loops);
        if (pinned == 0) {
            return "unpinned";
        }
        return pinned == loops.size() ? "pinned" : "partly-pinned";
    }
}
