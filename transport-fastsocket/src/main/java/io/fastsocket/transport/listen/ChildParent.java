package io.fastsocket.transport.listen;

import io.netty.channel.AbstractChannel;
import io.netty.channel.Channel;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;

/**
 * Makes the server channel, which the application bound, the parent of a connection that a listener behind it accepted:
 * handlers find its attributes there and may close it. The genuine channels keep their parent in a final field; where
 * writing it is refused, the parent is the loop's listener.
 */
final class ChildParent {
    private static final InternalLogger logger = InternalLoggerFactory.getInstance(ChildParent.class);

    private static final @Nullable MethodHandle SET_PARENT = findSetter();

    private ChildParent() {}

    static void set(Channel child, Channel server) {
        if (SET_PARENT == null || child.parent() == server) {
            return;
        }
        try {
            SET_PARENT.invoke(child, server);
        } catch (Throwable refused) {
            logger.debug("Parent of {} stays its listener", child, refused);
        }
    }

    private static @Nullable MethodHandle findSetter() {
        try {
            Field parent = AbstractChannel.class.getDeclaredField("parent");
            parent.setAccessible(true);
            return MethodHandles.lookup().unreflectSetter(parent);
        } catch (ReflectiveOperationException | RuntimeException refused) {
            logger.debug("The parent of accepted connections stays the loop's listener", refused);
            return null;
        }
    }
}
