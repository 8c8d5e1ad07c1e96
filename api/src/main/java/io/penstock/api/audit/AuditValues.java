package io.penstock.api.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is told of a thing before and after: its fields but for secrets and for what was never about the change, such as payloads and
 * results. Short, so that a page of entries stays one.
 */
@ApplicationScoped
class AuditValues {

    private static final List<String> LEFT_OUT = List.of(
            "password",
            "secret",
            "token",
            "credential",
            "hash",
            "payload",
            "result",
            "authorization",
            "cookie",
            "stack");

    /** Whole names that are secrets, in places where "key" is part of many that are not. */
    private static final List<String> LEFT_OUT_WHOLE = List.of("key", "apikey", "error", "lasterror");

    /** Our own keys, links and cookies say by their beginning what they are. */
    private static final List<String> SECRET_BEGINNINGS = List.of("psk_", "psl_");

    private static final int MAX_TEXT = 300;
    private static final int MAX_JSON = 8_000;
    private static final int MAX_DEPTH = 5;
    private static final int MAX_ELEMENTS = 20;

    private final ObjectMapper mapper;

    @Inject
    AuditValues(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    /** JSON, or null where there is nothing to tell. */
    @Nullable
    String of(@Nullable Object value) {
        if (value == null) {
            return null;
        }
        try {
            // By way of text: some answers hold JSON as it is, which no tree takes.
            JsonNode told = told(mapper.readTree(mapper.writeValueAsString(value)), 0);
            String json = mapper.writeValueAsString(told);
            return told.isEmpty() || json.length() > MAX_JSON ? null : json;
        } catch (JsonProcessingException | IllegalArgumentException e) {
            // What cannot be written is no reason to leave the entry out.
            return null;
        }
    }

    private static JsonNode told(JsonNode node, int depth) {
        if (node instanceof ObjectNode object) {
            Iterator<Map.Entry<String, JsonNode>> fields = object.properties().iterator();
            while (fields.hasNext()) {
                Map.Entry<String, JsonNode> field = fields.next();
                if (isLeftOut(field.getKey()) || depth >= MAX_DEPTH) {
                    fields.remove();
                } else {
                    field.setValue(told(field.getValue(), depth + 1));
                }
            }
        } else if (node instanceof ArrayNode array) {
            while (array.size() > MAX_ELEMENTS) {
                array.remove(array.size() - 1);
            }
            for (int i = 0; i < array.size(); i++) {
                array.set(i, told(array.get(i), depth + 1));
            }
        } else if (node.isTextual()) {
            return TextNode.valueOf(toldText(node.textValue()));
        }
        return node;
    }

    private static String toldText(String text) {
        if (SECRET_BEGINNINGS.stream().anyMatch(text::contains)) {
            return "***";
        }
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT);
    }

    private static boolean isLeftOut(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return LEFT_OUT_WHOLE.contains(lower) || LEFT_OUT.stream().anyMatch(lower::contains);
    }
}
