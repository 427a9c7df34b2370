package io.fastsocket.transport.kernel;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The version of the running kernel, for the one question that cannot be asked by trying: what would lose packets.
 *
 * @param major 0 when unknown
 * @param minor 0 when unknown
 */
record LinuxVersion(int major, int minor) {
    private static final Pattern RELEASE = Pattern.compile("(\\d{1,4})\\.(\\d{1,4}).*");

    /** @param release as {@code uname -r} prints it, such as 6.1.0-13-amd64 */
    static LinuxVersion parse(String release) {
        Matcher numbers = RELEASE.matcher(release);
        return numbers.matches()
                ? new LinuxVersion(Integer.parseInt(numbers.group(1)), Integer.parseInt(numbers.group(2)))
                : new LinuxVersion(0, 0);
    }

    boolean isAtLeast(int wantedMajor, int wantedMinor) {
        return major > wantedMajor || (major == wantedMajor && minor >= wantedMinor);
    }
}
