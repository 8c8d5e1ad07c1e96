package io.penstock.common.templates.bulk;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What bulk operations may set of a template, and what each value must look like. */
@SuppressWarnings("ImmutableEnumChecker") // forms hold nothing that changes
public enum TemplateField {
    NAME("name", "name", Form.NAME),
    DESCRIPTION("description", "description", Form.TEXT),
    KIND("kind", "kind", Form.word("base", "specialized", "custom")),
    PARENT_ID("parentId", "parent_id", Form.ID),
    CATEGORY_ID("categoryId", "category_id", Form.ID),
    DURATION_MINUTES("durationMinutes", "duration_minutes", Form.from(1)),
    MIN_PARTICIPANTS("minParticipants", "min_participants", Form.from(0)),
    MAX_PARTICIPANTS("maxParticipants", "max_participants", Form.from(1)),
    PRICE("price", "price", Form.PRICE),
    SKILL_LEVEL(
            "skillLevel", "skill_level", Form.optional(Form.word("beginner", "intermediate", "advanced", "expert"))),
    STATUS("status", "status", Form.word("draft", "active", "archived", "deprecated")),
    IS_PUBLIC("isPublic", "is_public", Form.FLAG),
    INHERIT("inherit", "inherit", Form.word("override", "merge", "extend", "selective")),
    INHERITED_KEYS("inheritedKeys", "inherited_keys", Form.WORDS),
    DYNAMIC_PROPERTIES("dynamicProperties", "dynamic_properties", Form.OBJECT),
    VALIDATION_RULES("validationRules", "validation_rules", Form.OBJECT),
    UI_CONFIGURATION("uiConfiguration", "ui_configuration", Form.OBJECT),
    TAGS("tags", "tags", Form.TAGS);

    /** Characters of one object. */
    static final int MAX_OBJECT = 65_536;

    static final int MAX_NESTING = 32;
    private static final int MAX_NAME = 200;
    private static final int MAX_TEXT = 10_000;
    private static final int MAX_WORDS = 100;
    private static final BigDecimal MAX_PRICE = new BigDecimal("9999999999.99");

    private final String json;
    private final String column;
    private final Form form;

    TemplateField(String json, String column, Form form) {
        this.json = json;
        this.column = column;
        this.form = form;
    }

    public String json() {
        return json;
    }

    public String column() {
        return column;
    }

    /** Empty for a name that is none. */
    public static Optional<TemplateField> named(String json) {
        return Arrays.stream(values()).filter(field -> field.json.equals(json)).findFirst();
    }

    /** Empty for a column that no field sets. */
    public static Optional<TemplateField> ofColumn(String column) {
        return Arrays.stream(values())
                .filter(field -> field.column.equals(column))
                .findFirst();
    }

    /**
     * What is wrong with values, each with its field first; empty: nothing. What depends on the template that they are for is not looked
     * at.
     */
    public static List<String> faults(JsonNode set) {
        if (!set.isObject()) {
            return List.of("set: must be an object");
        }
        List<String> faults = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : set.properties()) {
            Optional<TemplateField> field = named(entry.getKey());
            if (field.isEmpty()) {
                faults.add(entry.getKey() + ": is no field of a template that can be set");
            } else {
                String fault = field.get().form.fault(entry.getValue());
                if (!fault.isEmpty()) {
                    faults.add(entry.getKey() + ": " + fault);
                }
            }
        }
        return faults;
    }

    /** What a value must look like. */
    private interface Form {

        Form NAME = value -> value.isTextual()
                        && !value.textValue().isBlank()
                        && value.textValue().length() <= MAX_NAME
                        && isStorable(value.textValue())
                ? ""
                : "must be a text of 1 to " + MAX_NAME + " characters";
        Form TEXT = optional(
                value -> value.isTextual() && value.textValue().length() <= MAX_TEXT && isStorable(value.textValue())
                        ? ""
                        : "must be a text of at most " + MAX_TEXT + " characters");
        Form ID = optional(value -> isId(value) ? "" : "must be an id");
        Form FLAG = value -> value.isBoolean() ? "" : "must be true or false";
        Form PRICE = optional(value -> {
            if (!value.isNumber()) {
                return "must be a number";
            }
            BigDecimal price = value.decimalValue();
            if (price.signum() < 0) {
                return "must not be negative";
            }
            return price.compareTo(MAX_PRICE) > 0 || price.stripTrailingZeros().scale() > 2
                    ? "must have at most 10 digits and 2 decimals"
                    : "";
        });
        Form OBJECT = value -> {
            if (!value.isObject()) {
                return "must be an object";
            }
            String text = value.toString();
            if (text.length() > MAX_OBJECT) {
                return "must have at most " + MAX_OBJECT + " characters";
            }
            if (!isStorable(text) || text.contains("\\u0000")) {
                return "must not hold the character 0";
            }
            return nesting(value) > MAX_NESTING ? "must not be nested deeper than " + MAX_NESTING : "";
        };
        Form WORDS = value -> {
            if (!value.isArray() || value.size() > MAX_WORDS) {
                return "must be an array of at most " + MAX_WORDS + " texts";
            }
            for (JsonNode word : value) {
                if (!NAME.fault(word).isEmpty()) {
                    return "must hold texts of 1 to " + MAX_NAME + " characters";
                }
            }
            return "";
        };
        Form TAGS = value -> {
            if (!value.isArray() || value.size() > MAX_WORDS) {
                return "must be an array of at most " + MAX_WORDS + " tags";
            }
            for (JsonNode tag : value) {
                boolean fine = tag.isTextual()
                        ? NAME.fault(tag).isEmpty()
                        : tag.isObject() && NAME.fault(tag.path("name")).isEmpty();
                if (!fine || !isStorable(tag.toString()) || tag.toString().contains("\\u0000")) {
                    return "must hold texts, or objects of name, value and type";
                }
            }
            return "";
        };

        /** In words; empty: nothing is wrong. */
        String fault(JsonNode value);

        static Form optional(Form form) {
            return value -> value.isNull() ? "" : form.fault(value);
        }

        static Form word(String... words) {
            List<String> all = List.of(words);
            return value -> value.isTextual() && all.contains(value.textValue())
                    ? ""
                    : "must be one of " + String.join(", ", all);
        }

        static Form from(int least) {
            return optional(value -> value.isIntegralNumber() && value.canConvertToInt() && value.intValue() >= least
                    ? ""
                    : "must be a whole number from " + least + " on");
        }

        private static boolean isId(JsonNode value) {
            try {
                return value.isTextual()
                        && !UUID.fromString(value.textValue()).toString().isEmpty();
            } catch (IllegalArgumentException e) {
                return false;
            }
        }

        private static boolean isStorable(String text) {
            return text.indexOf('\0') < 0;
        }

        private static int nesting(JsonNode value) {
            int deepest = 0;
            for (JsonNode child : value) {
                deepest = Math.max(deepest, child.isContainerNode() ? nesting(child) : 0);
            }
            return deepest + 1;
        }
    }
}
