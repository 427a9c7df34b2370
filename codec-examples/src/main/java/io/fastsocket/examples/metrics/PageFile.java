package io.fastsocket.examples.metrics;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;

/**
 * A file of the live page, from the jar.
 *
 * @param contentType its media type
 * @param content its bytes; not to be written to
 * @param tag changes when the content does
 */
@SuppressWarnings("ArrayRecordComponent") // sent as it is, never compared
record PageFile(String contentType, byte[] content, String tag) {
    /** The plotting library, MIT licence, from its package of npm. */
    private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/";

    /** By path. */
    static Map<String, PageFile> all() {
        Map<String, PageFile> files = new TreeMap<>();
        files.put("/", read("text/html; charset=utf-8", "index.html"));
        files.put("/live.js", read("text/javascript; charset=utf-8", "live.js"));
        files.put("/live.css", read("text/css; charset=utf-8", "live.css"));
        files.put("/icon.svg", read("image/svg+xml", "icon.svg"));
        files.put("/uplot.js", read("text/javascript; charset=utf-8", UPLOT + "dist/uPlot.iife.min.js"));
        files.put("/uplot.css", read("text/css; charset=utf-8", UPLOT + "dist/uPlot.min.css"));
        files.put("/uplot.license", read("text/plain; charset=utf-8", UPLOT + "LICENSE"));
        return files;
    }

    private static PageFile read(String contentType, String resource) {
        try (InputStream in = PageFile.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(
                        "no " + resource + " on the class path: the jar is not whole; fix: build it again");
            }
            byte[] content = in.readAllBytes();
            CRC32 sum = new CRC32();
            sum.update(content);
            return new PageFile(contentType, content, "\"" + Long.toHexString(sum.getValue()) + "\"");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
