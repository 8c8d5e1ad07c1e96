package io.penstock.common.templates;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaException;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Holds properties to a JSON Schema (draft 2020-12) that a caller wrote. Such a schema is not trusted: it loads nothing, refers to nothing but
 * its own {@code $defs}, which refer to nothing, and its patterns get a bounded time. Takes up to that time of a processor: not for an event loop.
 */
public final class RuleSet {

    /** Of all patterns of one check together; far more than any honest pattern takes. */
    private static final long PATTERN_NANOS = 200_000_000;

    private static final int MAX_TOLD = 10;

    private static final Pattern OWN = Pattern.compile("#/\\$defs/[A-Za-z0-9_.-]{1,100}");

    private static final Set<String> REFERRING = Set.of(
            "$ref",
            "$id",
            "$anchor",
            "$dynamicRef",
            "$dynamicAnchor",
            "$recursiveRef",
            "$recursiveAnchor",
            "$vocabulary");

    /** What says that something is missing: not looked at where properties need not be complete yet. */
    private static final Set<String> OF_COMPLETENESS =
            Set.of("required", "minProperties", "minItems", "minContains", "dependentRequired");

    private static final JsonSchemaFactory SCHEMAS =
            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012, builder -> builder.enableSchemaCache(false)
                    .schemaLoaders(loaders -> loaders.values(Collection::clear)));

    private static final JsonSchema OF_SCHEMAS = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
            .getSchema(
                    SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"),
                    SchemaValidatorsConfig.builder().locale(Locale.ENGLISH).build());

    /** How complete properties have to be. */
    public enum Strictness {
        /** All rules hold. */
        STRICT,
        /** What is there is held to the rules; what is missing is not missed. */
        PARTIAL;

        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Optional<Strictness> ofWire(String word) {
            return List.of(values()).stream()
                    .filter(one -> one.wire().equals(word))
                    .findFirst();
        }
    }

    private RuleSet() {}

    /** What keeps a value from being a set of rules, in words; empty: it is one. */
    public static Optional<String> faultOf(JsonNode rules) {
        if (rules.isEmpty()) {
            return Optional.empty();
        }
        if (rules.hasNonNull("$schema")
                && !rules.path("$schema").asText().equals("https://json-schema.org/draft/2020-12/schema")) {
            return Optional.of("$schema must be https://json-schema.org/draft/2020-12/schema, or be left out");
        }
        Optional<String> reference = badReference(rules, false);
        if (reference.isPresent()) {
            return reference;
        }
        try {
            Optional<String> fault =
                    OF_SCHEMAS.validate(rules).stream().map(RuleSet::text).findFirst();
            if (fault.isEmpty()) {
                // Patterns are compiled here.
                schema(rules).initializeValidators();
            }
            return fault.map(text -> "is no JSON Schema: " + text);
        } catch (JsonSchemaException | PatternSyntaxException e) {
            return Optional.of("is no JSON Schema: " + e.getMessage());
        } catch (StackOverflowError e) {
            return Optional.of("is no JSON Schema: it refers to itself without an end");
        }
    }

    /** Where a schema refers to, if not where it may. */
    private static Optional<String> badReference(JsonNode node, boolean inDefinition) {
        if (node.isObject()) {
            for (Map.Entry<String, JsonNode> entry : node.properties()) {
                String key = entry.getKey();
                boolean fine = key.equals("$ref")
                        && !inDefinition
                        && OWN.matcher(entry.getValue().asText()).matches();
                if (REFERRING.contains(key) && !fine) {
                    return Optional.of(key + " may only be a $ref to its own $defs, outside of them");
                }
                Optional<String> below = badReference(entry.getValue(), inDefinition || key.equals("$defs"));
                if (below.isPresent()) {
                    return below;
                }
            }
        } else if (node.isArray()) {
            for (JsonNode element : node) {
                Optional<String> below = badReference(element, inDefinition);
                if (below.isPresent()) {
                    return below;
                }
            }
        }
        return Optional.empty();
    }

    /** What of properties breaks rules that are a set of rules, each with its place; empty: nothing. */
    public static List<String> breaches(JsonNode rules, JsonNode properties, Strictness strictness) {
        if (rules.isEmpty()) {
            return List.of();
        }
        try {
            return schema(rules).validate(properties).stream()
                    .filter(message -> strictness == Strictness.STRICT || !OF_COMPLETENESS.contains(message.getType()))
                    .map(RuleSet::text)
                    .limit(MAX_TOLD)
                    .toList();
        } catch (PatternTooSlowException e) {
            return List.of("a pattern of the rules takes too long");
        } catch (JsonSchemaException | StackOverflowError e) {
            return List.of("the rules cannot be applied: " + e.getMessage());
        }
    }

    private static JsonSchema schema(JsonNode rules) {
        return SCHEMAS.getSchema(rules, config(new Budget()));
    }

    private static SchemaValidatorsConfig config(Budget budget) {
        return SchemaValidatorsConfig.builder()
                .locale(Locale.ENGLISH)
                .regularExpressionFactory(pattern -> {
                    Pattern compiled = Pattern.compile(pattern);
                    return text -> compiled.matcher(budget.watched(text)).find();
                })
                .build();
    }

    private static String text(ValidationMessage message) {
        String text = message.getMessage();
        return text.length() > 300 ? text.substring(0, 300) + "…" : text;
    }

    /** The time that the patterns of one check may take: some need longer than the universe for a short text. */
    private static final class Budget {

        private long deadline;

        CharSequence watched(String text) {
            if (deadline == 0) {
                deadline = System.nanoTime() + PATTERN_NANOS;
            }
            return new Watched(text, 0, text.length());
        }

        private final class Watched implements CharSequence {

            private final String text;
            private final int from;
            private final int to;
            private int looks;

            Watched(String text, int from, int to) {
                this.text = text;
                this.from = from;
                this.to = to;
            }

            @Override
            public int length() {
                return to - from;
            }

            @Override
            public char charAt(int index) {
                if ((++looks & 0x3FF) == 0 && System.nanoTime() - deadline > 0) {
                    throw new PatternTooSlowException();
                }
                return text.charAt(from + index);
            }

            @Override
            public CharSequence subSequence(int start, int end) {
                return new Watched(text, from + start, from + end);
            }

            @Override
            public String toString() {
                return text.substring(from, to);
            }
        }
    }

    private static final class PatternTooSlowException extends RuntimeException {

        PatternTooSlowException() {
            super("a pattern takes too long", null, false, false);
        }
    }
}
