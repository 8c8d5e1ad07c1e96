package io.penstock.common.queue;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.penstock.common.job.Secret;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Where the secrets of a payload class are, also in records within it, in lists and in maps. */
final class SecretFields {

    static final String MASK = "***";

    /** Shorter texts are too common to be looked for in errors: whole messages would become asterisks. */
    private static final int LEAST_SEARCHED = 4;

    private static final SecretFields NONE = new SecretFields(false, Map.of(), null);

    /** This itself is one. */
    private final boolean secret;

    private final Map<String, SecretFields> fields;

    /** Of each element of a list, each value of a map; null: none. */
    private final @Nullable SecretFields elements;

    private SecretFields(boolean secret, Map<String, SecretFields> fields, @Nullable SecretFields elements) {
        this.secret = secret;
        this.fields = fields;
        this.elements = elements;
    }

    static SecretFields of(Class<?> payloadClass, ObjectMapper mapper) {
        return of(mapper.constructType(payloadClass), mapper, new HashSet<>());
    }

    /** @param outer the classes this one is within: one that holds itself is not followed again */
    private static SecretFields of(JavaType type, ObjectMapper mapper, Set<Class<?>> outer) {
        if (type.isContainerType()) {
            SecretFields inner = of(type.getContentType(), mapper, outer);
            return inner.isEmpty() ? NONE : new SecretFields(false, Map.of(), inner);
        }
        if (type.isReferenceType()) {
            return of(type.getReferencedType(), mapper, outer);
        }
        if (type.isPrimitive()
                || type.isEnumType()
                || type.getRawClass().getName().startsWith("java.")) {
            return NONE;
        }
        if (!outer.add(type.getRawClass())) {
            return NONE;
        }
        Map<String, SecretFields> fields = new TreeMap<>();
        BeanDescription description = mapper.getDeserializationConfig().introspect(type);
        for (BeanPropertyDefinition property : description.findProperties()) {
            SecretFields field = isSecret(property)
                    ? new SecretFields(true, Map.of(), null)
                    : of(property.getPrimaryType(), mapper, outer);
            if (!field.isEmpty()) {
                fields.put(property.getName(), field);
            }
        }
        outer.remove(type.getRawClass());
        return fields.isEmpty() ? NONE : new SecretFields(false, fields, null);
    }

    private static boolean isSecret(BeanPropertyDefinition property) {
        return has(property.getField())
                || has(property.getGetter())
                || has(property.getSetter())
                || has(property.getConstructorParameter());
    }

    private static boolean has(@Nullable AnnotatedMember member) {
        return member != null && member.hasAnnotation(Secret.class);
    }

    boolean isEmpty() {
        return !secret && fields.isEmpty() && elements == null;
    }

    /** With the mask in place of each secret; null stays. Changes the node. */
    JsonNode masked(JsonNode node) {
        if (secret) {
            return node.isNull() ? node : TextNode.valueOf(MASK);
        }
        if (node instanceof ObjectNode object) {
            object.properties().forEach(entry -> {
                SecretFields inner = inner(entry.getKey());
                if (inner != null) {
                    entry.setValue(inner.masked(entry.getValue()));
                }
            });
        } else if (node instanceof ArrayNode array && elements != null) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, elements.masked(array.get(i)));
            }
        }
        return node;
    }

    /**
     * What somebody sends who saw the masked payload and changed something else: where the mask stands, what is stored stays. Changes
     * {@code wanted}.
     */
    JsonNode restored(JsonNode wanted, @Nullable JsonNode stored) {
        if (stored == null) {
            return wanted;
        }
        if (secret) {
            return wanted.isTextual() && wanted.textValue().equals(MASK) ? stored : wanted;
        }
        if (wanted instanceof ObjectNode object) {
            object.properties().forEach(entry -> {
                SecretFields inner = inner(entry.getKey());
                if (inner != null) {
                    entry.setValue(inner.restored(entry.getValue(), stored.get(entry.getKey())));
                }
            });
        } else if (wanted instanceof ArrayNode array && elements != null) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, elements.restored(array.get(i), stored.get(i)));
            }
        }
        return wanted;
    }

    /** The texts of the secrets, as an error might quote them. */
    Set<String> valuesIn(JsonNode node) {
        Set<String> values = new LinkedHashSet<>();
        collect(node, values);
        return values;
    }

    /** Masks texts that may quote the secrets of this payload. */
    UnaryOperator<String> maskOf(JsonNode payload) {
        // The longest first: one may be part of another.
        List<String> values = valuesIn(payload).stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
        return text -> {
            String masked = text;
            for (String value : values) {
                masked = masked.replace(value, MASK);
            }
            return masked;
        };
    }

    private void collect(JsonNode node, Set<String> values) {
        if (secret) {
            collectAll(node, values);
        } else if (node.isObject()) {
            node.properties().forEach(entry -> {
                SecretFields inner = inner(entry.getKey());
                if (inner != null) {
                    inner.collect(entry.getValue(), values);
                }
            });
        } else if (node.isArray() && elements != null) {
            node.forEach(element -> elements.collect(element, values));
        }
    }

    /** A secret may be a record or a list itself: all of it is one. */
    private static void collectAll(JsonNode node, Set<String> values) {
        if (node.isContainerNode()) {
            node.forEach(inner -> collectAll(inner, values));
        } else if (node.asText().length() >= LEAST_SEARCHED && !node.isBoolean() && !node.isNull()) {
            values.add(node.asText());
        }
    }

    private @Nullable SecretFields inner(String field) {
        SecretFields known = fields.get(field);
        return known == null ? elements : known;
    }
}
