package io.fastsocket.examples.demo;

/** How the clients of the demo ask. */
public enum LoadMode {
    /** Each request on a connection of its own, closed by the proxy after the response. */
    CONNECTION_PER_REQUEST("new connection per request", "Connection: close\r\n"),
    /** One request after the other on a connection that stays. */
    KEEP_ALIVE("keep-alive", "");

    private final String title;
    private final String requestField;

    LoadMode(String title, String requestField) {
        this.title = title;
        this.requestField = requestField;
    }

    /** What people call it. */
    public String title() {
        return title;
    }

    String request() {
        return "GET / HTTP/1.1\r\nHost: demo\r\n" + requestField + "\r\n";
    }
}
