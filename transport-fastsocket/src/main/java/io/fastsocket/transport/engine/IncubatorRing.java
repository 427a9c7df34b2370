package io.fastsocket.transport.engine;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.netty.channel.Channel;
import io.netty.incubator.channel.uring.IOUringEventLoop;
import io.netty.util.internal.PlatformDependent;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Field;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One loop's ring, of which the incubator gives nothing away: the completions that wait in it, its way to end a request, and
 * the loop's map of channels. Used by the loop alone. Where the JVM refuses it there is none.
 */
final class IncubatorRing {
    /** A write of a stream channel: this, or {@link #WRITEV}. */
    static final byte SEND = 26;

    private static final byte WRITEV = 2;
    static final byte RECV = 27;
    static final byte CONNECT = 16;
    static final byte POLL_ADD = 6;
    private static final byte ASYNC_CANCEL = 14;

    /** IORING_SQ_CQ_OVERFLOW, since Linux 5.8: io_uring_setup(2). */
    private static final int SQ_CQ_OVERFLOW = 1 << 1;

    /** IORING_ENTER_GETEVENTS: io_uring_enter(2). */
    private static final int ENTER_GETEVENTS = 1;

    /** A completion: 8 bytes of the request's user data, 4 of result, 4 of flags. */
    private static final int COMPLETION_BYTES = 16;

    /** In the user data: 4 bytes of file number, 1 of operation, 1 empty, 2 of what the incubator adds. */
    private static final int REQUEST_OFFSET = 4;

    private static final long CANCELLED_NANOS_MAX = MILLISECONDS.toNanos(10);

    private static final InternalLogger logger = InternalLoggerFactory.getInstance(IncubatorRing.class);

    /**
     * @param channels {@code IntObjectMap IOUringEventLoop.channels}; final, therefore not a VarHandle
     * @param ringBuffer {@code (IOUringEventLoop) -> RingBuffer}
     * @param completionQueue {@code (RingBuffer) -> IOUringCompletionQueue}
     * @param submissionQueue {@code (RingBuffer) -> IOUringSubmissionQueue}
     * @param tailAddress {@code long IOUringCompletionQueue.kTailAddress}
     * @param entriesAddress {@code long IOUringCompletionQueue.completionQueueArrayAddress}
     * @param mask {@code int IOUringCompletionQueue.ringMask}
     * @param head {@code int IOUringCompletionQueue.ringHead}
     * @param flagsAddress {@code long IOUringSubmissionQueue.kFlagsAddress}
     * @param fd {@code int IOUringCompletionQueue.ringFd}
     * @param enter {@code int Native.ioUringEnter(fd, toSubmit, minComplete, flags)}
     * @param enqueue {@code boolean IOUringSubmissionQueue.enqueueSqe(op, flags, rwFlags, fd, address, length, offset, data)}
     * @param channelsQueue {@code IOUringSubmissionQueue AbstractIOUringChannel.submissionQueue}
     */
    private record Handles(
            Field channels,
            MethodHandle ringBuffer,
            MethodHandle completionQueue,
            MethodHandle submissionQueue,
            VarHandle tailAddress,
            VarHandle entriesAddress,
            VarHandle mask,
            VarHandle head,
            VarHandle flagsAddress,
            VarHandle fd,
            MethodHandle enter,
            MethodHandle enqueue,
            VarHandle channelsQueue) {}

    private static final @Nullable Handles HANDLES = find();

    private final Handles handles;
    private final IOUringEventLoop loop;
    private final Object completions;
    private final Object submissions;
    private final long tailAddress;
    private final long entriesAddress;
    private final long flagsAddress;
    private final int fd;
    private final int mask;

    private IncubatorRing(Handles handles, IOUringEventLoop loop) throws Throwable {
        this.handles = handles;
        this.loop = loop;
        Object ring = handles.ringBuffer().invoke(loop);
        this.completions = handles.completionQueue().invoke(ring);
        this.submissions = handles.submissionQueue().invoke(ring);
        this.tailAddress = (long) handles.tailAddress().get(completions);
        this.entriesAddress = (long) handles.entriesAddress().get(completions);
        this.fd = (int) handles.fd().get(completions);
        this.flagsAddress = (long) handles.flagsAddress().get(submissions);
        this.mask = (int) handles.mask().get(completions);
    }

    private static @Nullable Handles find() {
        try {
            ClassLoader loader = IOUringEventLoop.class.getClassLoader();
            String incubator = IOUringEventLoop.class.getPackageName() + '.';
            Class<?> ring = Class.forName(incubator + "RingBuffer", false, loader);
            Class<?> completions = Class.forName(incubator + "IOUringCompletionQueue", false, loader);
            Class<?> submissions = Class.forName(incubator + "IOUringSubmissionQueue", false, loader);
            Class<?> natives = Class.forName(incubator + "Native", false, loader);
            Class<?> channel = Class.forName(incubator + "AbstractIOUringChannel", false, loader);
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(IOUringEventLoop.class, MethodHandles.lookup());
            MethodHandles.Lookup inQueue = MethodHandles.privateLookupIn(completions, MethodHandles.lookup());
            Field channels = IOUringEventLoop.class.getDeclaredField("channels");
            channels.setAccessible(true);
            MethodType enqueue = MethodType.methodType(
                    boolean.class,
                    byte.class,
                    int.class,
                    int.class,
                    int.class,
                    long.class,
                    int.class,
                    long.class,
                    short.class);
            return new Handles(
                    channels,
                    lookup.findVirtual(IOUringEventLoop.class, "getRingBuffer", MethodType.methodType(ring)),
                    lookup.findVirtual(ring, "ioUringCompletionQueue", MethodType.methodType(completions)),
                    lookup.findVirtual(ring, "ioUringSubmissionQueue", MethodType.methodType(submissions)),
                    inQueue.findVarHandle(completions, "kTailAddress", long.class),
                    inQueue.findVarHandle(completions, "completionQueueArrayAddress", long.class),
                    inQueue.findVarHandle(completions, "ringMask", int.class),
                    inQueue.findVarHandle(completions, "ringHead", int.class),
                    MethodHandles.privateLookupIn(submissions, MethodHandles.lookup())
                            .findVarHandle(submissions, "kFlagsAddress", long.class),
                    inQueue.findVarHandle(completions, "ringFd", int.class),
                    MethodHandles.privateLookupIn(natives, MethodHandles.lookup())
                            .findStatic(
                                    natives,
                                    "ioUringEnter",
                                    MethodType.methodType(int.class, int.class, int.class, int.class, int.class)),
                    lookup.findVirtual(submissions, "enqueueSqe", enqueue),
                    MethodHandles.privateLookupIn(channel, MethodHandles.lookup())
                            .findVarHandle(channel, "submissionQueue", submissions));
        } catch (ReflectiveOperationException | RuntimeException refused) {
            logger.debug("No access to the incubator's ring: file numbers and channels are not told apart", refused);
            return null;
        }
    }

    /**
     * Gives {@code loop} a map that tells connections apart which had the same file number. Before the loop runs.
     *
     * @param registering called with each channel that is registered with the loop, whoever does it, on the loop and before any
     *     handler of the channel hears of it
     */
    static void install(IOUringEventLoop loop, Consumer<Channel> registering) {
        Handles handles = HANDLES;
        if (handles == null || !IncubatorAccess.available()) {
            return;
        }
        try {
            handles.channels().set(loop, new RingChannels(new IncubatorRing(handles, loop), registering));
        } catch (Throwable refused) {
            logger.debug("No map of our own for {}: file numbers are not told apart", loop, refused);
        }
    }

    /** Requests of a file number that are done, and whose completions the loop has not handled yet. */
    int completionsOf(int fd) {
        int tail = PlatformDependent.getIntVolatile(tailAddress);
        int count = 0;
        for (int i = (int) handles.head().get(completions); i != tail; i++) {
            if (PlatformDependent.getInt(completionAt(i)) == fd) {
                count++;
            }
        }
        return count;
    }

    /**
     * Waits for the completion of a request whose end was submitted. Mostly it is there by then; of a request that another CPU is
     * just waking, it comes some microseconds later. Where the ring overflows it may be what does not come.
     */
    void awaitCompletion(int fd, byte operation, int data) {
        long begun = System.nanoTime();
        while (!holdsCompletion(fd, operation, data)
                && !isOverflowing()
                && System.nanoTime() - begun < CANCELLED_NANOS_MAX) {
            fetch();
        }
    }

    private boolean holdsCompletion(int fd, byte operation, int data) {
        int request = request(operation, data);
        int tail = PlatformDependent.getIntVolatile(tailAddress);
        // A failed write closes while it is handled: the one that was taken last counts as well.
        for (int i = (int) handles.head().get(completions) - 1; i != tail; i++) {
            long completion = completionAt(i);
            int completed = PlatformDependent.getInt(completion + REQUEST_OFFSET);
            if (PlatformDependent.getInt(completion) == fd
                    && (completed == request || (operation == SEND && completed == WRITEV))) {
                return true;
            }
        }
        return false;
    }

    private static int request(byte operation, int data) {
        return (data << 16) | (operation & 0xFF);
    }

    private long completionAt(int position) {
        return entriesAddress + (long) (position & mask) * COMPLETION_BYTES;
    }

    /**
     * Fetches completions that wait in the kernel, for want of room in the ring: nobody can tell whose they are there.
     *
     * @return whether some still wait
     */
    boolean hasOverflowed() {
        if (isOverflowing()) {
            fetch();
        }
        return isOverflowing();
    }

    private boolean isOverflowing() {
        return (PlatformDependent.getIntVolatile(flagsAddress) & SQ_CQ_OVERFLOW) != 0;
    }

    private void fetch() {
        try {
            int result = (int) handles.enter().invokeExact(fd, 0, 0, ENTER_GETEVENTS);
            logger.trace("io_uring_enter(2) for completions of {}: {}", loop, result);
        } catch (RuntimeException | Error broken) {
            throw broken;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Queues the end of a request, which then completes as cancelled if it has not completed. */
    void cancel(int fd, byte operation, int data) {
        enqueueCancel(fd, operation, data);
        if (operation == SEND) {
            enqueueCancel(fd, WRITEV, data);
        }
    }

    private void enqueueCancel(int fd, byte operation, int data) {
        long userData = ((long) request(operation, data) << 32) | (fd & 0xFFFFFFFFL);
        try {
            // Its own completion is nobody's: -1.
            boolean submitted =
                    (boolean) handles.enqueue().invoke(submissions, ASYNC_CANCEL, 0, 0, -1, userData, 0, 0L, (short) 0);
            logger.trace("Cancelled operation {} of file {}, submitted: {}", operation, fd, submitted);
        } catch (RuntimeException | Error broken) {
            throw broken;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    void submit() {
        loop.submitIO();
    }

    boolean isOfThisThread() {
        return loop.inEventLoop();
    }

    /** Whether the loop handles what there is, and nothing that would need a task. */
    boolean takesNoTasks() {
        return loop.isShutdown();
    }

    /** Whether the channel was registered with some loop, whose ring it goes on using. */
    boolean usesARing(Channel channel) {
        return handles.channelsQueue().get(channel) != null;
    }

    /** From now on the channel closes its file itself, as before its registration. */
    void forgetRing(Channel channel) {
        handles.channelsQueue().set(channel, null);
    }

    @Override
    public String toString() {
        return loop.threadProperties().name();
    }
}
