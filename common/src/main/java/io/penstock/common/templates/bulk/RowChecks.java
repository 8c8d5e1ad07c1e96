package io.penstock.common.templates.bulk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.common.templates.bulk.TemplateRows.Dependents;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What stands against a row as it would become. Pure. */
public final class RowChecks {

    private static final Set<String> GONE = Set.of("archived", "deprecated");

    private RowChecks() {}

    /** Values that contradict one another. */
    public static List<Conflict> together(ObjectNode row) {
        JsonNode least = row.path("min_participants");
        JsonNode most = row.path("max_participants");
        return least.isNumber() && most.isNumber() && least.intValue() > most.intValue()
                ? List.of(Conflict.integrity(
                        "minParticipants " + least.intValue() + " is more than maxParticipants " + most.intValue(),
                        "minParticipants",
                        "maxParticipants"))
                : List.of();
    }

    /** What the state of a template says against changing it. */
    public static List<Conflict> rules(ObjectNode before, JsonNode set) {
        List<Conflict> found = new ArrayList<>();
        String status = before.path("status").asText();
        String becomes = set.path("status").asText(status);
        boolean onlyStatus = set.size() == 1 && set.has("status");
        if (before.path("is_system").asBoolean()) {
            found.add(Conflict.softRule("it is a system template"));
        }
        if (status.equals("deprecated") && !becomes.equals("archived")) {
            found.add(Conflict.hardRule("it is deprecated: it can be archived, and nothing else", "status"));
        } else if (status.equals("archived") && !onlyStatus) {
            found.add(Conflict.softRule("it is archived", "status"));
        }
        return found;
    }

    /** What hangs on a template that is to go out of use. */
    public static List<Conflict> dependents(ObjectNode before, JsonNode set, Dependents on) {
        if (!goesOutOfUse(before, set)) {
            return List.of();
        }
        List<String> what = new ArrayList<>();
        add(what, on.children(), "active templates inherit from it");
        add(what, on.courses(), "courses of it are not over");
        add(what, on.schedules(), "schedules of it are still to come");
        return what.isEmpty() ? List.of() : List.of(Conflict.dependency(String.join(", ", what), "status"));
    }

    public static boolean goesOutOfUse(ObjectNode before, JsonNode set) {
        return GONE.contains(set.path("status").asText())
                && !GONE.contains(before.path("status").asText());
    }

    private static void add(List<String> what, long count, String text) {
        if (count > 0) {
            what.add(count + " " + text);
        }
    }

    /** Puts values into a row, by the names of its columns. Tags are no column. */
    public static void put(ObjectNode row, JsonNode set) {
        for (Map.Entry<String, JsonNode> entry : set.properties()) {
            TemplateField field = TemplateField.named(entry.getKey()).orElseThrow();
            if (field != TemplateField.TAGS) {
                row.set(field.column(), entry.getValue());
            }
        }
    }

    /** Null where it is no text. */
    public static @Nullable UUID id(JsonNode value) {
        return value.isTextual() ? UUID.fromString(value.textValue()) : null;
    }
}
