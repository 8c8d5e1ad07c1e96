package io.penstock.common.templates;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** How the properties of a parent and a template's own become one. Pure: neither side is changed, and nothing of them is shared. */
public enum PropertyMerge {
    /** A key that is its own replaces the parent's. */
    OVERRIDE,
    /** As {@link #OVERRIDE}; but objects are joined key by key, and arrays one behind the other, what both hold once. */
    MERGE,
    /** The parent's keys stay as they are; only keys that it does not have are added. */
    EXTEND,
    /** Of the parent's keys only those that are listed; a key that is its own replaces them. */
    SELECTIVE;

    /** As it is stored and written. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Empty for a word that is none of them. */
    public static Optional<PropertyMerge> ofWire(String word) {
        return Stream.of(values()).filter(one -> one.wire().equals(word)).findFirst();
    }

    /**
     * What both make.
     *
     * @param keys of {@link #SELECTIVE}: what is taken from the parent
     */
    public ObjectNode apply(ObjectNode parent, ObjectNode own, Collection<String> keys) {
        return switch (this) {
            case OVERRIDE -> over(parent, own);
            case MERGE -> deep(parent, own);
            case EXTEND -> over(own, parent);
            case SELECTIVE -> over(parent.deepCopy().retain(Set.copyOf(keys)), own);
        };
    }

    private static ObjectNode over(ObjectNode below, ObjectNode above) {
        ObjectNode all = below.deepCopy();
        all.setAll(above.deepCopy());
        return all;
    }

    private static ObjectNode deep(ObjectNode parent, ObjectNode own) {
        ObjectNode all = parent.deepCopy();
        for (Map.Entry<String, JsonNode> entry : own.properties()) {
            JsonNode there = all.get(entry.getKey());
            all.set(entry.getKey(), there == null ? entry.getValue().deepCopy() : joined(there, entry.getValue()));
        }
        return all;
    }

    private static JsonNode joined(JsonNode parent, JsonNode own) {
        if (parent instanceof ObjectNode theirs && own instanceof ObjectNode ours) {
            return deep(theirs, ours);
        }
        if (parent.isArray() && own.isArray()) {
            ArrayNode all = JsonNodeFactory.instance.arrayNode();
            // By content: of an array with thousands of elements nobody looks through all for each.
            Set<JsonNode> seen = new HashSet<>();
            parent.forEach(element -> {
                seen.add(element);
                all.add(element.deepCopy());
            });
            own.forEach(element -> {
                if (!seen.contains(element)) {
                    all.add(element.deepCopy());
                }
            });
            return all;
        }
        return own.deepCopy();
    }
}
