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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Holds properties to a JSON Schema (draft 2020-12) that a caller wrote. Such a schema is not trusted: it loads nothing, refers to nothing but
 * its own {@code $defs}, which refer to nothing, and its patterns get a bounded time. Takes up to that time of a processor: not for an event loop.
 *
 * <p>Thousands of templates are held to the rules of a few: what was read of a set of rules is kept, of a bounded number of bounded sets.
 */
public final class RuleSet {

    private static final int MOST_KEPT = 128;

    /** Characters; what is compiled takes many times as much. */
    private static final int LONGEST_KEPT = 8_192;

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

    private static final SchemaValidatorsConfig CONFIG = SchemaValidatorsConfig.builder()
            .locale(Locale.ENGLISH)
            .regularExpressionFactory(pattern -> {
                Pattern compiled = Pattern.compile(pattern);
                return text -> compiled.matcher(watched(text)).find();
            })
            .build();

    private static final JsonSchema OF_SCHEMAS = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
            .getSchema(
                    SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"),
                    SchemaValidatorsConfig.builder().locale(Locale.ENGLISH).build());

    private static final Map<JsonNode, Read> KEPT = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<JsonNode, Read> eldest) {
            return size() > MOST_KEPT;
        }
    });

    /** Of the check that this thread is at: what is compiled outlives one. */
    private static final ThreadLocal<@Nullable Budget> BUDGET = new ThreadLocal<>();

    /**
     * A set of rules that was looked into.
     *
     * @param fault why it is none; null: it is one
     * @param schema null: it is none
     */
    private record Read(@Nullable String fault, @Nullable JsonSchema schema) {}

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
        return Optional.ofNullable(read(rules).fault());
    }

    private static Read read(JsonNode rules) {
        Read known = KEPT.get(rules);
        if (known != null) {
            return known;
        }
        Read read = lookedInto(rules);
        if (rules.toString().length() <= LONGEST_KEPT) {
            KEPT.put(rules.deepCopy(), read);
        }
        return read;
    }

    private static Read lookedInto(JsonNode rules) {
        if (rules.hasNonNull("$schema")
                && !rules.path("$schema").asText().equals("https://json-schema.org/draft/2020-12/schema")) {
            return none("$schema must be https://json-schema.org/draft/2020-12/schema, or be left out");
        }
        Optional<String> reference = badReference(rules, false);
        if (reference.isPresent()) {
            return none(reference.get());
        }
        try {
            Optional<String> fault =
                    OF_SCHEMAS.validate(rules).stream().map(RuleSet::text).findFirst();
            if (fault.isPresent()) {
                return none("is no JSON Schema: " + fault.get());
            }
            JsonSchema schema = SCHEMAS.getSchema(rules.<JsonNode>deepCopy(), CONFIG);
            // Patterns are compiled here.
            schema.initializeValidators();
            return new Read(null, schema);
        } catch (JsonSchemaException | PatternSyntaxException e) {
            return none("is no JSON Schema: " + e.getMessage());
        } catch (StackOverflowError e) {
            return none("is no JSON Schema: it refers to itself without an end");
        }
    }

    private static Read none(String fault) {
        return new Read(fault, null);
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
        Read read = read(rules);
        JsonSchema schema = read.schema();
        if (schema == null) {
            return List.of("the rules cannot be applied: " + read.fault());
        }
        BUDGET.set(new Budget());
        try {
            return schema.validate(properties).stream()
                    .filter(message -> strictness == Strictness.STRICT || !OF_COMPLETENESS.contains(message.getType()))
                    .map(RuleSet::text)
                    .limit(MAX_TOLD)
                    .toList();
        } catch (PatternTooSlowException e) {
            return List.of("a pattern of the rules takes too long");
        } catch (JsonSchemaException | StackOverflowError e) {
            return List.of("the rules cannot be applied: " + e.getMessage());
        } finally {
            BUDGET.remove();
        }
    }

    /** A text as the check that this thread is at lets patterns see it. */
    private static CharSequence watched(String text) {
        Budget budget = BUDGET.get();
        return budget == null ? text : budget.watched(text);
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
