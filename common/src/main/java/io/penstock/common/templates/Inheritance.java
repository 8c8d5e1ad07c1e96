package io.penstock.common.templates;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a template is with all that it inherits, and from whom it has what. Pure. Rows have the names of columns, as they are stored.
 */
public final class Inheritance {

    /** Columns that a template inherits where it sets nothing, and the fields of answers. */
    private static final Map<String, String> PLAIN = plain();

    private static final Map<String, String> OBJECTS = objects();

    private Inheritance() {}

    /**
     * A template resolved.
     *
     * @param own what it sets itself, by the names of fields
     * @param effective what holds for it
     * @param inherited of each field, and of each key such as {@code dynamicProperties.room}, that it does not set alone: the id of the
     *     template that it comes from. A key that both hold and that was joined is here too
     */
    public record Resolved(ObjectNode own, ObjectNode effective, Map<String, String> inherited) {}

    private static Map<String, String> plain() {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("description", "description");
        names.put("category_id", "categoryId");
        names.put("duration_minutes", "durationMinutes");
        names.put("min_participants", "minParticipants");
        names.put("max_participants", "maxParticipants");
        names.put("price", "price");
        names.put("skill_level", "skillLevel");
        return names;
    }

    private static Map<String, String> objects() {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("dynamic_properties", "dynamicProperties");
        names.put("ui_configuration", "uiConfiguration");
        return names;
    }

    /**
     * Resolves a chain.
     *
     * @param chain the topmost first, the template itself last; not empty
     */
    public static Resolved resolve(List<ObjectNode> chain) {
        ObjectNode own = JsonNodeFactory.instance.objectNode();
        ObjectNode effective = JsonNodeFactory.instance.objectNode();
        Map<String, String> inherited = new LinkedHashMap<>();
        ObjectNode self = chain.get(chain.size() - 1);
        PLAIN.forEach((column, field) -> plain(chain, column, field, effective, inherited));
        OBJECTS.forEach((column, field) -> object(chain, column, field, effective, inherited));
        rules(chain, effective, inherited);
        PLAIN.forEach((column, field) -> {
            if (self.hasNonNull(column)) {
                own.set(field, self.get(column));
            }
        });
        OBJECTS.forEach((column, field) -> own.set(field, objectOf(self, column)));
        own.set("validationRules", objectOf(self, "validation_rules"));
        return new Resolved(own, effective, inherited);
    }

    private static void plain(
            List<ObjectNode> chain, String column, String field, ObjectNode effective, Map<String, String> inherited) {
        effective.putNull(field);
        for (int i = chain.size() - 1; i >= 0; i--) {
            if (chain.get(i).hasNonNull(column)) {
                effective.set(field, chain.get(i).get(column));
                if (i < chain.size() - 1) {
                    inherited.put(field, id(chain.get(i)));
                }
                return;
            }
        }
    }

    private static void object(
            List<ObjectNode> chain, String column, String field, ObjectNode effective, Map<String, String> inherited) {
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        Map<String, String> from = new LinkedHashMap<>();
        for (int i = 0; i < chain.size(); i++) {
            ObjectNode row = chain.get(i);
            ObjectNode before = all;
            ObjectNode mine = objectOf(row, column);
            all = i == 0 ? mine.deepCopy() : mergeOf(row).apply(before, mine, keysOf(row));
            from.keySet().retainAll(names(all));
            for (Map.Entry<String, JsonNode> entry : all.properties()) {
                boolean isOwn = mine.has(entry.getKey()) && entry.getValue().equals(mine.get(entry.getKey()));
                boolean isTheirs =
                        before.has(entry.getKey()) && entry.getValue().equals(before.get(entry.getKey()));
                if (isOwn && !(isTheirs && mergeOf(row) == PropertyMerge.EXTEND)) {
                    from.put(entry.getKey(), id(row));
                }
            }
        }
        effective.set(field, all);
        String self = id(chain.get(chain.size() - 1));
        from.forEach((key, id) -> {
            if (!id.equals(self)) {
                inherited.put(field + "." + key, id);
            }
        });
    }

    /** The nearest set of rules holds as a whole: rules of two sets joined could allow what neither does. */
    private static void rules(List<ObjectNode> chain, ObjectNode effective, Map<String, String> inherited) {
        effective.set("validationRules", JsonNodeFactory.instance.objectNode());
        for (int i = chain.size() - 1; i >= 0; i--) {
            ObjectNode rules = objectOf(chain.get(i), "validation_rules");
            if (!rules.isEmpty()) {
                effective.set("validationRules", rules);
                if (i < chain.size() - 1) {
                    inherited.put("validationRules", id(chain.get(i)));
                }
                return;
            }
        }
    }

    private static PropertyMerge mergeOf(ObjectNode row) {
        return PropertyMerge.ofWire(row.path("inherit").asText("merge")).orElse(PropertyMerge.MERGE);
    }

    private static List<String> keysOf(ObjectNode row) {
        List<String> keys = new ArrayList<>();
        row.path("inherited_keys").forEach(key -> keys.add(key.asText()));
        return keys;
    }

    private static List<String> names(ObjectNode of) {
        List<String> names = new ArrayList<>();
        of.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static String id(ObjectNode row) {
        return row.path("id").asText();
    }

    private static ObjectNode objectOf(ObjectNode row, String column) {
        return row.get(column) instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode();
    }
}
