package io.fastsocket.perf.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** What the figures were taken with, and how to take them again. */
final class AboutPart {
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                    "d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private AboutPart() {}

    /** The date and the machine. */
    static String inOneLine(Results results) {
        JsonNode environment = results.part("environment");
        List<String> words = new ArrayList<>();
        words.add(date(Fields.text(environment.path("date"))));
        String cpus = Fields.text(environment.path("cpus"));
        words.add(Fields.text(environment.path("cpuModel")) + (cpus.isEmpty() ? "" : ", " + cpus + " CPUs"));
        String kernel = Fields.text(environment.path("kernel"));
        words.add(kernel.isEmpty() ? "" : "Linux " + kernel);
        words.add(Fields.text(environment.path("jvm")));
        return words.stream().filter(word -> !word.isEmpty()).collect(Collectors.joining(" · "));
    }

    private static String date(String instant) {
        try {
            return DATE.format(Instant.parse(instant));
        } catch (DateTimeParseException e) {
            return instant;
        }
    }

    static Markup of(Results results) {
        Markup about = new Markup();
        notes(about, results.part("notes"));
        again(about, results.part("options").path("commandLine"));
        facts(about, "Environment", results.part("environment"));
        facts(about, "Options", results.part("options"));
        Markup part = new Markup();
        return about.isEmpty()
                ? part
                : part.open("section", "id", "about")
                        .element("h2", "How it was measured")
                        .add(about)
                        .close();
    }

    private static void notes(Markup about, JsonNode notes) {
        if (!notes.isArray() || notes.isEmpty()) {
            return;
        }
        about.open("ul", "class", "notes");
        notes.forEach(note -> about.element("li", words(note)));
        about.close();
    }

    private static void again(Markup about, JsonNode commandLine) {
        String words = commandLine.isArray()
                ? StreamSupport.stream(commandLine.spliterator(), false)
                        .map(Fields::text)
                        .collect(Collectors.joining(" "))
                : Fields.text(commandLine);
        if (!words.isEmpty()) {
            about.element("h3", "To make it again")
                    .open("pre")
                    .element("code", words.startsWith("fastsocket ") ? "./" + words : words)
                    .close();
        }
    }

    private static void facts(Markup about, String title, JsonNode facts) {
        if (!facts.isObject() || facts.isEmpty()) {
            return;
        }
        HtmlTable table = HtmlTable.ofWords("Name", "Value");
        facts.properties().forEach(fact -> table.row(fact.getKey(), words(fact.getValue())));
        about.open("details").element("summary", title).add(table.end()).close();
    }

    private static String words(JsonNode value) {
        if (value.isObject()) {
            return value.properties().stream()
                    .map(field -> field.getKey() + ": " + words(field.getValue()))
                    .collect(Collectors.joining("; "));
        }
        return value.isArray()
                ? StreamSupport.stream(value.spliterator(), false)
                        .map(AboutPart::words)
                        .collect(Collectors.joining(", "))
                : Fields.text(value);
    }
}
