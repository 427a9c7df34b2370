package io.fastsocket.transport.kernel;

import io.netty.channel.unix.Errors.NativeIoException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Error numbers of Linux that mean something to this project.
 *
 * @see <a href="https://man7.org/linux/man-pages/man3/errno.3.html">errno(3)</a>
 */
public final class Errno {
    /** No number could be found in the exception. */
    public static final int UNKNOWN = 0;

    public static final int EPERM = 1;
    public static final int EINTR = 4;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EINVAL = 22;
    public static final int ENFILE = 23;
    public static final int EMFILE = 24;
    public static final int ENONET = 64;
    public static final int EPROTO = 71;
    public static final int ENOPROTOOPT = 92;
    public static final int EOPNOTSUPP = 95;
    public static final int EADDRINUSE = 98;
    public static final int EADDRNOTAVAIL = 99;
    public static final int ENETDOWN = 100;
    public static final int ENETUNREACH = 101;
    public static final int ECONNABORTED = 103;
    public static final int ENOBUFS = 105;
    public static final int EHOSTDOWN = 112;
    public static final int EHOSTUNREACH = 113;

    /** What the JDK's NIO says instead of a number: strerror(3) of the C library in the C locale. */
    private static final Map<String, Integer> BY_TEXT = Map.ofEntries(
            Map.entry("Operation not permitted", EPERM),
            Map.entry("Interrupted system call", EINTR),
            Map.entry("Cannot allocate memory", ENOMEM),
            Map.entry("Permission denied", EACCES),
            Map.entry("Too many open files in system", ENFILE),
            Map.entry("Too many open files", EMFILE),
            Map.entry("Machine is not on the network", ENONET),
            Map.entry("Protocol error", EPROTO),
            Map.entry("Protocol not available", ENOPROTOOPT),
            Map.entry("Operation not supported", EOPNOTSUPP),
            Map.entry("Address already in use", EADDRINUSE),
            Map.entry("Cannot assign requested address", EADDRNOTAVAIL),
            Map.entry("Network is down", ENETDOWN),
            Map.entry("Network is unreachable", ENETUNREACH),
            Map.entry("Software caused connection abort", ECONNABORTED),
            Map.entry("No buffer space available", ENOBUFS),
            Map.entry("Host is down", EHOSTDOWN),
            Map.entry("No route to host", EHOSTUNREACH));

    /** As in Netty's {@code connect(..) failed with error(-99): Cannot assign requested address}, and OpenHFT's {@code errno=22}. */
    private static final Pattern NUMBER = Pattern.compile("\\b(?:error\\(-?|errno=)(\\d{1,4})\\b");

    private Errno() {}

    /** The positive error number behind an exception of any engine, or {@link #UNKNOWN}. */
    public static int of(Throwable cause) {
        if (cause instanceof NativeIoException nativeError) {
            return Math.abs(nativeError.expectedErr());
        }
        String message = cause.getMessage();
        if (message == null) {
            return UNKNOWN;
        }
        Matcher number = NUMBER.matcher(message);
        if (number.find()) {
            return Integer.parseInt(number.group(1));
        }
        // The JDK's, to which Netty appends the address: "Cannot assign requested address: /192.0.2.1:80".
        int end = message.indexOf(": ");
        return BY_TEXT.getOrDefault(end < 0 ? message : message.substring(0, end), UNKNOWN);
    }

    /**
     * The same for exceptions that end with the text of the error, as in Netty's {@code failed to create io_uring ring fd: Operation
     * not permitted}.
     */
    public static int within(Throwable cause) {
        int errno = of(cause);
        String message = cause.getMessage();
        if (errno != UNKNOWN || message == null) {
            return errno;
        }
        return BY_TEXT.getOrDefault(
                message.substring(message.lastIndexOf(": ") + 1).strip(), UNKNOWN);
    }
}
