package io.fastsocket.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.transport.kernel.KernelCapability;
import io.fastsocket.transport.metrics.FastSocketMeter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps the documents true to the code. */
class TidyTest {
    private static final Path REPOSITORY = findRepository();

    private static final String CAPABILITIES_HEAD =
            """
            | capability | option | man page | first kernel | probe | fallback |
            |---|---|---|---|---|---|
            """;

    private static final String METERS_HEAD =
            """
            | meter | in Prometheus | type | unit | tags | what it says |
            |---|---|---|---|---|---|
            """;

    /** The name in an annotation of picocli, of the launcher's commands: {@code demo}, {@code fastsocket bench}. */
    private static final Pattern COMMAND = Pattern.compile("@Command\\(\\s*name = \"(?:fastsocket ?)?([a-z-]*)\"");

    private static final Pattern COMMAND_LINE = Pattern.compile("\\./fastsocket ([a-z][a-z-]*)");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+)$");
    private static final Pattern CODE_BLOCK = Pattern.compile("(?ms)^```.*?^```$");

    /** A place on one machine: somebody's home, a temporary or a working directory. */
    private static final Pattern MACHINE_PATH =
            Pattern.compile("(?<![\\w./)}-])/(?:(?:home|root|Users|work)/[A-Za-z]|(?:var/)?tmp/[\\w.-]+/)");

    private static final Pattern URL_HOST = Pattern.compile("https?://([A-Za-z0-9.-]+)");

    // ---- documents

    @Test
    void kernelTableIsTheListOfCapabilities() throws IOException {
        assertTable(
                "docs/KERNEL.md",
                "capabilities",
                CAPABILITIES_HEAD,
                Stream.of(KernelCapability.values()).map(KernelCapability::toMarkdownRow));
    }

    @Test
    void metricsTableIsTheListOfMeters() throws IOException {
        assertTable(
                "docs/METRICS.md",
                "meters",
                METERS_HEAD,
                Stream.of(FastSocketMeter.values()).map(FastSocketMeter::toMarkdownRow));
    }

    private static void assertTable(String document, String name, String head, Stream<String> rows) throws IOException {
        String begin = "<!-- " + name + ": begin -->\n";
        String end = "\n<!-- " + name + ": end -->";
        String text = read(REPOSITORY.resolve(document));
        assertThat(text).contains(begin, end);
        String table = text.substring(text.indexOf(begin) + begin.length(), text.indexOf(end));
        String expected = head + String.join("\n", rows.toList());
        assertThat(table)
                .describedAs("the table in %s; put there:%n%s%n", document, expected)
                .isEqualTo(expected);
    }

    @Test
    void readmeNamesEveryOptionOfTheBuilder() throws IOException {
        List<String> options = Arrays.stream(FastSocketEventLoopGroupBuilder.class.getMethods())
                .filter(method -> method.getReturnType() == FastSocketEventLoopGroupBuilder.class)
                .map(Method::getName)
                .distinct()
                .sorted()
                .map(name -> "`" + name + "(")
                .toList();

        assertThat(options).isNotEmpty();
        assertThat(read(REPOSITORY.resolve("README.md"))).contains(options);
    }

    @Test
    void readmeNamesTheCommandsOfTheLauncherAndNoOthers() throws IOException {
        Set<String> commands = new TreeSet<>();
        for (Path source : files(path -> isMainSource(path, "codec-examples") || isMainSource(path, "perf"))) {
            String text = read(source);
            COMMAND.matcher(text).results().map(found -> found.group(1)).forEach(commands::add);
        }
        // The launcher without a command, a command of a command, and a server that the bench starts itself.
        commands.removeAll(Set.of("", "churn", "hostile", "html", "load", "meters", "micro", "scale", "stock-server"));
        Path launcher = REPOSITORY.resolve("fastsocket");
        if (!Files.exists(launcher)) {
            assertThat(commands).describedAs("commands without a launcher").isEmpty();
            return;
        }
        assertThat(commands).contains("demo");

        Set<String> named = new TreeSet<>(matches(COMMAND_LINE, read(REPOSITORY.resolve("README.md"))));
        assertThat(named).containsAll(commands);
        // A command of another module is known to the launcher by name.
        named.removeAll(commands);
        String script = read(launcher);
        assertThat(named)
                .allMatch(name ->
                        Pattern.compile("\\b" + name + "\\b").matcher(script).find());
    }

    private static boolean isMainSource(Path path, String module) {
        return path.startsWith(REPOSITORY.resolve(module).resolve("src/main"))
                && path.toString().endsWith(".java");
    }

    @Test
    void relativeLinksLeadSomewhere() throws IOException {
        List<String> dead = new ArrayList<>();
        List<Path> documents = files(path -> path.toString().endsWith(".md"));
        for (Path document : documents) {
            for (String link : matches(LINK, CODE_BLOCK.matcher(read(document)).replaceAll(""))) {
                if (!link.contains("://") && !link.startsWith("mailto:") && !leadsSomewhere(document, link)) {
                    dead.add(REPOSITORY.relativize(document) + " -> " + link);
                }
            }
        }
        assertThat(documents).isNotEmpty();
        assertThat(dead).isEmpty();
    }

    private static boolean leadsSomewhere(Path document, String link) throws IOException {
        int hash = link.indexOf('#');
        String file = hash < 0 ? link : link.substring(0, hash);
        Path target = file.isEmpty() ? document : document.resolveSibling(file).normalize();
        if (!target.startsWith(REPOSITORY) || !Files.exists(target)) {
            return false;
        }
        return hash < 0
                || matches(HEADING, read(target)).stream()
                        .map(TidyTest::anchor)
                        .anyMatch(link.substring(hash + 1)::equals);
    }

    /** The anchor that a heading gets where Markdown is shown: lower case, punctuation gone, blanks as hyphens. */
    private static String anchor(String heading) {
        return heading.strip()
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\w\\- ]", "")
                .replace(' ', '-');
    }

    // ---- every file

    @Test
    void noFileNamesAPlaceOnOneMachine() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : files(TidyTest::isText)) {
            for (String line : read(file).lines().toList()) {
                if (MACHINE_PATH.matcher(line).find()) {
                    found.add(REPOSITORY.relativize(file) + ": " + line.strip());
                }
            }
        }
        assertThat(found).isEmpty();
    }

    /** Where artifacts come from is the business of whoever builds. */
    @Test
    void buildFilesNameNoHostButThoseOfTheirSchemaAndLicence() throws IOException {
        Set<String> hosts = new TreeSet<>();
        List<Path> buildFiles = files(TidyTest::isBuildFile);
        for (Path file : buildFiles) {
            hosts.addAll(matches(URL_HOST, read(file)));
        }

        assertThat(buildFiles).isNotEmpty();
        assertThat(hosts).isSubsetOf("maven.apache.org", "www.apache.org", "www.w3.org", "127.0.0.1", "localhost");
    }

    private static boolean isBuildFile(Path file) {
        String name = file.getFileName().toString();
        return name.equals("pom.xml")
                || name.equals("fastsocket")
                || file.startsWith(REPOSITORY.resolve(".mvn"))
                || file.startsWith(REPOSITORY.resolve(".ci"));
    }

    // ---- files

    private static Path findRepository() {
        Path directory = Path.of("").toAbsolutePath();
        while (directory != null && !Files.isDirectory(directory.resolve(".mvn"))) {
            directory = directory.getParent();
        }
        if (directory == null) {
            throw new IllegalStateException(
                    "no directory .mvn in " + Path.of("").toAbsolutePath() + " or above it");
        }
        return directory;
    }

    /** The files of the repository, without what a build or a tool leaves behind. */
    private static List<Path> files(Predicate<Path> wanted) throws IOException {
        Set<String> hiddenButOurs = Set.of(".mvn", ".ci", ".github");
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(REPOSITORY, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                String name = directory.getFileName().toString();
                boolean foreign = name.equals("target") || (name.startsWith(".") && !hiddenButOurs.contains(name));
                return foreign && !directory.equals(REPOSITORY)
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                // In a second working tree .git is a file, which says where the first one is.
                boolean ours = attributes.isRegularFile() && !file.endsWith(".git");
                if (ours && wanted.test(file)) {
                    files.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        files.sort(null);
        return files;
    }

    private static boolean isText(Path file) {
        try {
            return read(file).indexOf('\0') < 0;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), UTF_8);
    }

    private static List<String> matches(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
    }
}
