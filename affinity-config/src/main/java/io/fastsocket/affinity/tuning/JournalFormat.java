package io.fastsocket.affinity.tuning;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fastsocket.affinity.system.ErrorText;
import io.fastsocket.affinity.system.SystemFileException;
import io.fastsocket.affinity.tuning.Journal.Kept;
import io.fastsocket.affinity.tuning.Journal.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A journal as JSON. What is read is checked as if an enemy had written it: it decides what root writes. */
final class JournalFormat {
    private static final int VERSION = 1;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private JournalFormat() {}

    static String format(Journal journal) {
        ObjectNode json = JSON.createObjectNode()
                .put("version", VERSION)
                .put("id", journal.id())
                .put("networkNamespace", journal.networkNamespace())
                .put("bootId", journal.bootId())
                .put("state", journal.state().name());
        journal.interfaceNames().forEach(json.putArray("interfaces")::add);
        journal.changed().forEach(json.putArray("changed")::add);
        ArrayNode snapshot = json.putArray("snapshot");
        for (Kept kept : journal.snapshot()) {
            ObjectNode entry =
                    snapshot.addObject().put("kind", kind(kept.setting())).put("of", of(kept.setting()));
            kept.value().ifPresentOrElse(value -> entry.put("value", value), () -> entry.putNull("value"));
        }
        return json.toPrettyString() + "\n";
    }

    static Journal parse(String file, String text) {
        JsonNode json;
        try {
            json = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw malformed(file, line, "it is no JSON: " + e.getOriginalMessage());
        }
        if (json.path("version").asInt() != VERSION) {
            throw malformed(file, 0, "version=" + json.path("version") + " (expected " + VERSION + ")");
        }
        try {
            return new Journal(
                    text(file, json, "id"),
                    text(file, json, "networkNamespace"),
                    text(file, json, "bootId"),
                    State.valueOf(text(file, json, "state")),
                    texts(json.path("interfaces")),
                    snapshot(file, json.path("snapshot")),
                    texts(json.path("changed")));
        } catch (SystemFileException already) {
            throw already;
        } catch (IllegalArgumentException e) {
            throw malformed(file, 0, String.valueOf(e.getMessage()));
        }
    }

    private static List<Kept> snapshot(String file, JsonNode entries) {
        List<Kept> snapshot = new ArrayList<>();
        for (JsonNode entry : entries) {
            JsonNode value = entry.path("value");
            if (!value.isTextual() && !value.isNull()) {
                throw malformed(file, 0, "an entry of \"snapshot\" has no value");
            }
            snapshot.add(new Kept(
                    setting(file, text(file, entry, "kind"), text(file, entry, "of")),
                    value.isNull() ? Optional.empty() : Optional.of(value.asText())));
        }
        return snapshot;
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(entry -> texts.add(entry.asText()));
        return texts;
    }

    private static String text(String file, JsonNode json, String key) {
        JsonNode value = json.path(key);
        if (!value.isTextual()) {
            throw malformed(file, 0, "\"" + key + "\" is missing");
        }
        return value.asText();
    }

    private static String kind(Setting setting) {
        if (setting instanceof Setting.KernelFile) {
            return "file";
        } else if (setting instanceof Setting.ConfigFile) {
            return "config-file";
        } else if (setting instanceof Setting.ChannelCount) {
            return "channels";
        } else if (setting instanceof Setting.InterruptCoalescing) {
            return "coalescing";
        }
        return setting instanceof Setting.IndirectionTable ? "indirection-table" : "irqbalance-bans";
    }

    private static String of(Setting setting) {
        if (setting instanceof Setting.KernelFile file) {
            return file.path();
        } else if (setting instanceof Setting.ConfigFile file) {
            return file.path();
        } else if (setting instanceof Setting.ChannelCount channels) {
            return channels.interfaceName();
        } else if (setting instanceof Setting.InterruptCoalescing coalescing) {
            return coalescing.interfaceName();
        }
        return setting instanceof Setting.IndirectionTable table ? table.interfaceName() : "";
    }

    private static Setting setting(String file, String kind, String of) {
        return switch (kind) {
            case "file" -> new Setting.KernelFile(of);
            case "config-file" -> new Setting.ConfigFile(of);
            case "channels" -> new Setting.ChannelCount(of);
            case "coalescing" -> new Setting.InterruptCoalescing(of);
            case "indirection-table" -> new Setting.IndirectionTable(of);
            case "irqbalance-bans" -> new Setting.IrqbalanceBans();
            default -> throw malformed(file, 0, "kind=" + ErrorText.quoted(kind) + " is none of ours");
        };
    }

    private static SystemFileException malformed(String file, int line, String cause) {
        return new SystemFileException(
                file,
                line,
                "cannot read the journal " + file + (line > 0 ? ":" + line : "") + ": " + cause
                        + "; fix: if a newer version wrote it, undo with that one; else move it away, and set by hand what"
                        + " affinity verify names");
    }
}
