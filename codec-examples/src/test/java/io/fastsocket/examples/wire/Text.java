package io.fastsocket.examples.wire;

/** Messages as they stand on the wire. */
final class Text {
    static final String OK = answer(200, "ok");

    private Text() {}

    /** These lines, each ended, and an empty one. */
    static String head(String... lines) {
        return String.join("\r\n", lines) + "\r\n\r\n";
    }

    /** A request without a body, of HTTP/1.1 and with a host. */
    static String get(String path, String... fields) {
        return request("GET", path, fields);
    }

    static String post(String path, String... fields) {
        return request("POST", path, fields);
    }

    static String request(String method, String path, String... fields) {
        StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: test\r\n");
        for (String field : fields) {
            head.append(field).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    /** A response with a length. */
    static String answer(int status, String body, String... fields) {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Said\r\n");
        for (String field : fields) {
            head.append(field).append("\r\n");
        }
        return head.append("Content-Length: ")
                .append(body.length())
                .append("\r\n\r\n")
                .append(body)
                .toString();
    }

    /** A response head as given. */
    static String answerHead(int status, String... fields) {
        return head(("HTTP/1.1 " + status + " Said" + (fields.length == 0 ? "" : "\r\n") + String.join("\r\n", fields))
                .split("\r\n", -1));
    }
}
