package io.fastsocket.transport.kernel;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The calls of bpf(2) that XDP needs, through JNA and syscall(2). Every failure is a {@link BpfException}; nothing is
 * loaded before the first call. All descriptors are close-on-exec, as the kernel makes them. Safe for use by any thread.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/bpf.2.html">bpf(2)</a>
 */
final class Bpf {
    /** The commands of {@code enum bpf_cmd}. */
    enum Command {
        BPF_MAP_CREATE(0),
        BPF_MAP_UPDATE_ELEM(2),
        BPF_PROG_LOAD(5),
        BPF_PROG_TEST_RUN(10),
        BPF_LINK_CREATE(28);

        private final int number;

        Command(int number) {
            this.number = number;
        }
    }

    /** The kinds of {@code enum bpf_map_type}. */
    enum MapType {
        ARRAY(2),
        CPUMAP(16);

        private final int number;

        MapType(int number) {
            this.number = number;
        }
    }

    private static final int PROG_TYPE_XDP = 6;
    private static final int ATTACH_TYPE_XDP = 37;
    /** None of the helpers called here asks for the GPL. */
    private static final String LICENSE = "Apache-2.0";

    private static final int LOG_BYTES = 1 << 16;
    private static final int LOG_LEVEL = 1;
    /** A signal may interrupt the verifier or a test run; the kernel's own library tries as often. */
    private static final int ATTEMPTS_MAX = 5;

    private final String failure;
    private final int syscall;

    private Bpf(String failure, int syscall) {
        this.failure = failure;
        this.syscall = syscall;
    }

    /**
     * @param failure what cannot be done on which object when a call fails: how messages begin
     * @throws BpfException on anything but Linux on amd64 or aarch64
     */
    static Bpf forTask(String failure) throws BpfException {
        return new Bpf(
                failure, SyscallNumber.ofBpf(failure, System.getProperty("os.name"), System.getProperty("os.arch")));
    }

    /** What cannot be done, and why, when it is no call that says so. */
    BpfException exception(String cause, int errno) {
        return new BpfException(failure + ": " + cause, errno, "");
    }

    /** A map with keys and values of 4 bytes. */
    BpfFd createMap(MapType type, String name, int entries) throws BpfException {
        Attributes attributes = attributes(0)
                .putInt(0, type.number)
                .putInt(4, Integer.BYTES)
                .putInt(8, Integer.BYTES)
                .putInt(12, entries)
                .putName(28, name);
        return new BpfFd(callOrFail(Command.BPF_MAP_CREATE, attributes, "map=" + name));
    }

    void update(BpfFd map, int key, int value) throws BpfException {
        Attributes attributes = attributes(2 * Integer.BYTES)
                .putInt(0, map.number())
                .pointTo(8, bytes(key))
                .pointTo(16, bytes(value));
        callOrFail(Command.BPF_MAP_UPDATE_ELEM, attributes, "key=" + key + " value=" + value);
    }

    BpfFd loadXdp(String name, List<EbpfInstruction> program) throws BpfException {
        int result = call(Command.BPF_PROG_LOAD, programAttributes(name, program, 0));
        if (result >= 0) {
            return new BpfFd(result);
        }
        // Once more for the log, which costs time and memory that a good program need not spend.
        Attributes logged = programAttributes(name, program, LOG_BYTES);
        int again = call(Command.BPF_PROG_LOAD, logged);
        if (again >= 0) {
            return new BpfFd(again);
        }
        throw BpfErrors.exception(failure, Command.BPF_PROG_LOAD, "program=" + name, -result, logged.log());
    }

    private Attributes programAttributes(String name, List<EbpfInstruction> program, int logBytes) throws BpfException {
        byte[] instructions = EbpfInstruction.encode(program);
        byte[] license = (LICENSE + '\0').getBytes(US_ASCII);
        Attributes attributes = attributes(instructions.length + license.length + logBytes)
                .putInt(0, PROG_TYPE_XDP)
                .putInt(4, program.size())
                .pointTo(8, instructions)
                .pointTo(16, license)
                .putName(48, name)
                .putInt(68, ATTACH_TYPE_XDP);
        return logBytes == 0
                ? attributes
                : attributes.putInt(24, LOG_LEVEL).putInt(28, logBytes).pointTo(32, new byte[logBytes]);
    }

    /** What the program answers for a packet of at least 14 bytes; the packet goes nowhere. */
    int testRun(BpfFd program, byte[] packet) throws BpfException {
        Attributes attributes = attributes(packet.length)
                .putInt(0, program.number())
                .putInt(8, packet.length)
                .pointTo(16, packet)
                .putInt(32, 1);
        callOrFail(Command.BPF_PROG_TEST_RUN, attributes, "bytes=" + packet.length);
        return attributes.getInt(4);
    }

    /** Lets the program see the packets of an interface until the descriptor is closed (Linux 5.9). */
    BpfFd linkXdp(BpfFd program, int interfaceIndex, XdpMode mode) throws BpfException {
        Attributes attributes = attributes(0)
                .putInt(0, program.number())
                .putInt(4, interfaceIndex)
                .putInt(8, ATTACH_TYPE_XDP)
                .putInt(12, mode.flag());
        return new BpfFd(callOrFail(Command.BPF_LINK_CREATE, attributes, "mode=" + mode));
    }

    /** The kernel's number of an interface in this process's network namespace. */
    int interfaceIndex(String interfaceName) throws BpfException {
        try {
            int index = CLibrary.if_nametoindex(interfaceName);
            if (index == 0) {
                throw BpfErrors.noInterface(failure);
            }
            return index;
        } catch (LinkageError noJna) {
            throw BpfErrors.noJna(failure, noJna);
        }
    }

    static void close(int fd) {
        CLibrary.close(fd);
    }

    private int callOrFail(Command command, Attributes attributes, String object) throws BpfException {
        int result = call(command, attributes);
        if (result < 0) {
            throw BpfErrors.exception(failure, command, object, -result, "");
        }
        return result;
    }

    /** What the call answers, or a negative errno. */
    private int call(Command command, Attributes attributes) {
        int result = 0;
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            result = CLibrary.bpf(syscall, command.number, attributes);
            if (result != -BpfErrors.EAGAIN && result != -Errno.EINTR) {
                break;
            }
        }
        return result;
    }

    private Attributes attributes(int bytesBehind) throws BpfException {
        try {
            return new Attributes(bytesBehind);
        } catch (LinkageError noJna) {
            throw BpfErrors.noJna(failure, noJna);
        }
    }

    private static byte[] bytes(int value) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.nativeOrder())
                .putInt(value)
                .array();
    }

    /** {@code union bpf_attr}, and behind it in the same memory what it points to. Zero wherever nothing was put. */
    private static final class Attributes {
        /** As much as any of the calls uses; the kernel takes more than it knows when it is zero. */
        static final int BYTES = 128;

        private static final int NAME_BYTES = 16;

        private final ByteBuffer memory;
        private final long address;
        private int end = BYTES;

        Attributes(int bytesBehind) {
            memory = ByteBuffer.allocateDirect(BYTES + bytesBehind).order(ByteOrder.nativeOrder());
            address = CLibrary.address(memory);
        }

        Attributes putInt(int offset, int value) {
            memory.putInt(offset, value);
            return this;
        }

        int getInt(int offset) {
            return memory.getInt(offset);
        }

        /** For people who list maps and programs; cut to what the kernel takes, its NUL included. */
        Attributes putName(int offset, String name) {
            byte[] ascii = name.getBytes(US_ASCII);
            memory.put(offset, ascii, 0, Math.min(ascii.length, NAME_BYTES - 1));
            return this;
        }

        Attributes pointTo(int offset, byte[] bytes) {
            memory.put(end, bytes).putLong(offset, address + end);
            end += bytes.length;
            return this;
        }

        /** The text in the last {@link #LOG_BYTES} bytes. */
        String log() {
            byte[] text = new byte[LOG_BYTES];
            memory.get(memory.capacity() - LOG_BYTES, text);
            int length = 0;
            while (length < text.length && text[length] != 0) {
                length++;
            }
            return new String(text, 0, length, US_ASCII);
        }
    }

    /** All that names JNA, so that the class around it loads where there is none. Bound at its first use. */
    private static final class CLibrary {
        static {
            Native.register(CLibrary.class, "c");
        }

        private CLibrary() {}

        static long address(ByteBuffer direct) {
            return Pointer.nativeValue(Native.getDirectBufferPointer(direct));
        }

        static int bpf(int number, int command, Attributes attributes) {
            try {
                // From here on the kernel acts.
                long result = syscall(
                                new NativeLong(number),
                                new NativeLong(command),
                                new Pointer(attributes.address),
                                new NativeLong(Attributes.BYTES))
                        .longValue();
                return result < 0 ? -Native.getLastError() : (int) result;
            } finally {
                Reference.reachabilityFence(attributes.memory);
            }
        }

        private static native NativeLong syscall(
                NativeLong number, NativeLong command, Pointer attributes, NativeLong size);

        static native int if_nametoindex(String interfaceName);

        static native int close(int fd);
    }
}
