package io.penstock.common.templates.bulk;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is wrong with an operation as a whole, before anything is done: names and ids twice, circles among its own templates. Pure. */
public final class BulkChecks {

    private BulkChecks() {}

    /**
     * A fault of a request.
     *
     * @param field where it is, such as {@code templates[3].name}
     */
    public record Fault(String field, String text) {}

    /**
     * Templates to be made, parents first.
     *
     * @param linked true: some have their parent among them, so that they must be made one chunk after the other
     */
    public record Ordered(List<TemplateChange> items, boolean linked) {}

    /** The first thing that is wrong with templates that are to be made; empty: nothing. */
    public static Optional<Fault> ofNew(List<TemplateChange> items) {
        Map<String, Integer> names = new HashMap<>();
        Map<UUID, Integer> ids = new HashMap<>();
        for (int i = 0; i < items.size(); i++) {
            TemplateChange item = items.get(i);
            String at = "templates[" + i + "]";
            Optional<Fault> fault = ofValues(at, item.set());
            if (fault.isPresent()) {
                return fault;
            }
            if (!item.set().path("name").isTextual()) {
                return Optional.of(new Fault(at + ".name", "is missing"));
            }
            String name = TemplateRows.nameKey(
                    item.set().path("name").asText(), item.set().path("status").asText("draft"));
            Integer before = names.putIfAbsent(name, i);
            if (before != null) {
                return Optional.of(new Fault(at + ".name", "templates[" + before + "] has the same name and status"));
            }
            Integer same = ids.putIfAbsent(item.id(), i);
            if (same != null) {
                return Optional.of(new Fault(at + ".id", "templates[" + same + "] has the same id"));
            }
        }
        return circle(items);
    }

    /** The first thing that is wrong with changes; empty: nothing. */
    public static Optional<Fault> ofChanges(List<TemplateChange> items) {
        Map<UUID, Integer> ids = new HashMap<>();
        for (int i = 0; i < items.size(); i++) {
            TemplateChange item = items.get(i);
            String at = "changes[" + i + "]";
            Optional<Fault> fault = ofValues(at + ".set", item.set());
            if (fault.isPresent()) {
                return fault;
            }
            if (item.set().isEmpty()) {
                return Optional.of(new Fault(at + ".set", "holds nothing to be changed"));
            }
            if (item.set().has("name") && item.set().path("name").isNull()) {
                return Optional.of(new Fault(at + ".set.name", "must not be null"));
            }
            Integer same = ids.putIfAbsent(item.id(), i);
            if (same != null) {
                return Optional.of(new Fault(at + ".id", "changes[" + same + "] is about the same template"));
            }
        }
        return circle(items).map(fault -> new Fault("changes", fault.text()));
    }

    private static Optional<Fault> ofValues(String at, JsonNode set) {
        return TemplateField.faults(set).stream().findFirst().map(text -> {
            int colon = text.indexOf(": ");
            return new Fault(at + "." + text.substring(0, colon), text.substring(colon + 2));
        });
    }

    private static Optional<Fault> circle(List<TemplateChange> items) {
        ParentChanges parents = new ParentChanges(Map.of());
        items.stream()
                .filter(item -> item.set().has("parentId"))
                .forEach(item -> parents.propose(item.id(), parentOf(item)));
        return parents.circles().stream()
                .findFirst()
                .map(circle -> new Fault(
                        "templates",
                        "the parents make a circle: "
                                + String.join(
                                        " -> ",
                                        circle.stream().map(UUID::toString).toList())));
    }

    /** Brings new templates without a fault into an order in which parents come first. */
    public static Ordered ordered(List<TemplateChange> items) {
        List<TemplateChange> sorted = ParentChanges.parentsFirst(items, TemplateChange::id, BulkChecks::parentOf)
                .orElseThrow(() -> new IllegalArgumentException("a circle of parents"));
        Set<UUID> own = items.stream().map(TemplateChange::id).collect(Collectors.toSet());
        boolean linked = items.stream().anyMatch(item -> {
            UUID parent = parentOf(item);
            return parent != null && own.contains(parent);
        });
        return new Ordered(sorted, linked);
    }

    static @Nullable UUID parentOf(TemplateChange item) {
        JsonNode parent = item.set().path("parentId");
        return parent.isTextual() ? UUID.fromString(parent.textValue()) : null;
    }
}
