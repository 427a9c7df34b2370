package io.fastsocket.examples.http;

import io.netty.handler.codec.http.HttpMethod;

/** What the target of a request asks for. */
sealed interface Route {
    /** The largest {@code N} of {@code /bytes/N}. */
    int BYTES_MAX = 64 << 20;

    /** What there is, for a client that asked for something else. */
    String ALL = "there is: /, /hello, /bytes/N with N from 0 to " + BYTES_MAX
            + ", /files/NAME where the server was started with --files, POST /echo";

    /** What a name of a file may have beside letters and digits. None of it means anything in a path or is encoded. */
    String NAME_MARKS = "._~+=@,-";

    /** What a name of a file may be, for a client that asked by another. */
    String NAMES = "no file is looked up by this name: letters, digits and " + NAME_MARKS
            + " as they are, no dot at the beginning";

    /** What needs no more to be known. */
    enum Fixed implements Route {
        /** The text, {@code /} or {@code /hello}. */
        TEXT,
        /** The request's own body, {@code /echo}. */
        ECHO,
        /** {@code /bytes/N} with an N that is no number or too large. */
        BAD_COUNT,
        /** {@code /files/NAME} with a name that no file is looked up by. */
        BAD_NAME,
        /** Anything else. */
        UNKNOWN
    }

    /** That many bytes, {@code /bytes/N}. */
    record Bytes(int count) implements Route {}

    /** The file of that name, {@code /files/NAME}. It has no separator and no dot at its beginning. */
    record File(String name) implements Route {}

    /** The route of a request target in origin form or absolute form (RFC 9112 3.2), its query ignored. */
    static Route of(String target) {
        if (target.equals("/")) {
            return Fixed.TEXT;
        }
        String path = path(target);
        if (path.equals("/") || path.equals("/hello")) {
            return Fixed.TEXT;
        }
        if (path.equals("/echo")) {
            return Fixed.ECHO;
        }
        if (path.startsWith("/files/")) {
            return file(path.substring("/files/".length()));
        }
        return path.startsWith("/bytes/") ? bytes(path.substring("/bytes/".length())) : Fixed.UNKNOWN;
    }

    /** The methods the route takes, as an allow field lists them. */
    default String allow() {
        return this == Fixed.ECHO ? "POST" : "GET, HEAD";
    }

    /** Whether the route takes the method; what is not there takes any. */
    default boolean takes(HttpMethod method) {
        if (this == Fixed.UNKNOWN || this == Fixed.BAD_NAME) {
            return true;
        }
        return this == Fixed.ECHO
                ? HttpMethod.POST.equals(method)
                : HttpMethod.GET.equals(method) || HttpMethod.HEAD.equals(method);
    }

    private static Route bytes(String count) {
        // Nine digits hold every N that is allowed and fit an int.
        if (count.isEmpty() || count.length() > 9 || !count.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Fixed.BAD_COUNT;
        }
        int bytes = Integer.parseInt(count);
        return bytes <= BYTES_MAX ? new Bytes(bytes) : Fixed.BAD_COUNT;
    }

    private static Route file(String name) {
        boolean plain = name.chars()
                .allMatch(c -> (c >= 'a' && c <= 'z')
                        || (c >= 'A' && c <= 'Z')
                        || (c >= '0' && c <= '9')
                        || NAME_MARKS.indexOf(c) >= 0);
        return plain && !name.isEmpty() && !name.startsWith(".") ? new File(name) : Fixed.BAD_NAME;
    }

    private static String path(String target) {
        int start = 0;
        if (!target.startsWith("/")) {
            int scheme = target.indexOf("://");
            if (scheme < 0) {
                return target;
            }
            start = target.indexOf('/', scheme + 3);
            if (start < 0) {
                return "/";
            }
        }
        int query = target.indexOf('?', start);
        return target.substring(start, query < 0 ? target.length() : query);
    }
}
