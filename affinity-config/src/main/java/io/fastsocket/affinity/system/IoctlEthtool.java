package io.fastsocket.affinity.system;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Asks this machine's drivers, with {@code SIOCETHTOOL} through JNA: no external program, no native code of ours. One
 * socket for each call. Nothing is loaded before the first call; where JNA cannot work, each ends with ENOSYS. Safe for
 * use by any thread.
 */
public final class IoctlEthtool implements Ethtool {
    /** The most bytes of a structure. */
    static final int STRUCT_BYTES_MAX = 1 << 20;

    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int SIOCETHTOOL = 0x8946;
    private static final int IFNAMSIZ = 16;
    /** The name, and a union of which the pointer to our structure, at its start, is a part. */
    private static final int IFREQ_BYTES = 40;
    /** Should a kernel write more than it was given, for a structure that grew, it is room of ours. */
    private static final int SLACK_BYTES = 4096;

    @Override
    public byte[] call(String interfaceName, byte[] request) throws EthtoolException {
        int command = requireCommand(interfaceName, request);
        try {
            return CLibrary.ethtool(interfaceName, command, request);
        } catch (LinkageError noJna) {
            EthtoolException unusable = Errno.exception(command, interfaceName, Errno.ENOSYS);
            unusable.initCause(noJna);
            throw unusable;
        }
    }

    /** The structure's command, once name and structure have sizes that can be. */
    static int requireCommand(String interfaceName, byte[] request) {
        int nameBytes = interfaceName.getBytes(StandardCharsets.UTF_8).length;
        if (nameBytes == 0 || nameBytes >= IFNAMSIZ || interfaceName.chars().anyMatch(c -> c == 0 || c == '/')) {
            throw new IllegalArgumentException("cannot call ethtool: interface=" + ErrorText.quoted(interfaceName)
                    + " (expected 1 to " + (IFNAMSIZ - 1)
                    + " bytes without NUL and slash): no interface can have this name; fix:"
                    + " name one that `ip link` shows");
        }
        if (request.length < 4 || request.length > STRUCT_BYTES_MAX) {
            throw new IllegalArgumentException("cannot call ethtool on interface " + ErrorText.quoted(interfaceName)
                    + ": bytes=" + request.length + " (expected 4 to " + STRUCT_BYTES_MAX
                    + "): no structure has this size; fix: give one of linux/ethtool.h");
        }
        return ByteBuffer.wrap(request).order(ByteOrder.nativeOrder()).getInt();
    }

    /** All that names JNA, so that the class around it loads where there is none. Bound at its first use. */
    private static final class CLibrary {
        static {
            Native.register(CLibrary.class, "c");
        }

        private CLibrary() {}

        static byte[] ethtool(String interfaceName, int command, byte[] request) throws EthtoolException {
            int socket = socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0);
            if (socket < 0) {
                throw Errno.exception(
                        command, interfaceName, Native.getLastError(), "there is no socket to ask through");
            }
            try (Memory struct = new Memory(request.length + SLACK_BYTES);
                    Memory ifreq = new Memory(IFREQ_BYTES)) {
                struct.clear();
                struct.write(0, request, 0, request.length);
                byte[] name = interfaceName.getBytes(StandardCharsets.UTF_8);
                ifreq.clear();
                ifreq.write(0, name, 0, name.length);
                ifreq.setPointer(IFNAMSIZ, struct);
                if (ioctl(socket, new NativeLong(SIOCETHTOOL, true), ifreq) < 0) {
                    throw Errno.exception(command, interfaceName, Native.getLastError());
                }
                return struct.getByteArray(0, request.length);
            } finally {
                close(socket);
            }
        }

        private static native int socket(int domain, int type, int protocol);

        private static native int ioctl(int fd, NativeLong request, Pointer argument);

        private static native int close(int fd);
    }
}
