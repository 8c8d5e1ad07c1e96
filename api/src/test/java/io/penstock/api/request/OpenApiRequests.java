package io.penstock.api.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.api.TestKeys;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Makes up requests from an OpenAPI document: of each, most parts are what the document asks for, and some are not. The same
 * seed makes the same requests.
 */
final class OpenApiRequests {

    /** @param body null: none */
    record Request(String method, String target, Map<String, String> headers, String body) {

        @Override
        public String toString() {
            return method + " " + shown(target) + " " + shown(headers.toString()) + " "
                    + (body == null ? "" : shown(body));
        }

        private static String shown(String text) {
            return text.length() > MOST_SHOWN ? text.substring(0, MOST_SHOWN) + "…" : text;
        }
    }

    private record Operation(String method, String path, JsonNode described) {}

    private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");
    private static final int DEEPEST = 6;
    private static final int MOST_SHOWN = 600;
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** Where something is changed, only this is. */
    private static final Map<String, List<String>> CHANGED = Map.of(
            "queue", List.of("fuzzed", "no-such-queue"),
            "type", List.of("sample.fuzzed", "no.such"),
            "guard", List.of("fuzzed"),
            "id", List.of("no-such-id", "7c9d4f1e-0000-4000-8000-000000000000", "1"),
            "group", List.of("shop-1", "a/b"));

    private static final Map<String, List<String>> READ = Map.of(
            "queue", List.of("diagnostics", "fuzzed", "no-such-queue"),
            "id",
                    List.of(
                            "no-such-id",
                            "diagnostics~0~0~1-0",
                            "fuzzed~0~0~1-0",
                            "1",
                            "7c9d4f1e-0000-4000-8000-000000000000"),
            "jobId", List.of("no-such-id", "old-1"),
            "fingerprint", List.of("abc"),
            "group", List.of("shop-1"));

    private static final List<String> NASTY_TEXTS = List.of(
            "",
            " ",
            "null",
            "0",
            "-1",
            "1.5",
            "1e400",
            "NaN",
            "99999999999999999999",
            "2147483648",
            "-9223372036854775808",
            "true",
            "\u0000",
            "a\u0000b",
            "a\r\nX-Injected: yes",
            "\u202e\u0301\ud83d\ude00",
            "\ud800",
            "'; DROP TABLE job_history; --",
            "%",
            "%25%00",
            "\\",
            "{}",
            "{queue:0}",
            "[",
            "../../etc/passwd",
            "..",
            ".",
            ";x=1",
            "+999999999-12-31T23:59:59Z",
            "-999999999-01-01T00:00:00Z",
            "0000-00-00T00:00:00Z",
            "2026-02-30T00:00:00Z",
            "2026-01-01T00:00:00+99:99",
            "9999-12-31T23:59:59.999999999Z",
            "1970-01-01T00:00:00Z",
            "* * * * *",
            "*/0 * * * *",
            "R/P1Y",
            "PT-1S",
            "P99999999999D",
            "$1",
            "${jndi:ldap://x}",
            "x".repeat(300),
            "ä".repeat(5_000));

    private final JsonNode document;
    private final List<Operation> operations = new ArrayList<>();
    private final Random random;

    OpenApiRequests(JsonNode document, long seed, Set<String> without) {
        this.document = document;
        this.random = new Random(seed);
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(operation -> {
                    String name = operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey();
                    if (METHODS.contains(operation.getKey()) && without.stream().noneMatch(name::startsWith)) {
                        operations.add(new Operation(
                                operation.getKey().toUpperCase(Locale.ROOT), path.getKey(), operation.getValue()));
                    }
                }));
    }

    int operations() {
        return operations.size();
    }

    /** Each operation has its turn. */
    Request next(int number) {
        Operation operation = operations.get(number % operations.size());
        boolean changes = !operation.method().equals("GET");
        Map<String, String> headers = headers();
        String target = tricked(path(operation, changes) + query(operation));
        String body = null;
        JsonNode content = operation.described().path("requestBody").path("content");
        if (!content.isMissingNode() || chance(3)) {
            body = body(content, headers);
        } else if (changes && !operation.method().equals("DELETE")) {
            body = chance(50) ? "" : "{}";
            headers.put("Content-Type", "application/json");
        }
        return new Request(operation.method(), target, headers, body);
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        if (!chance(3)) {
            headers.put("Authorization", "Bearer " + TestKeys.ADMIN);
        } else if (chance(70)) {
            headers.put(
                    "Authorization",
                    one(List.of("Bearer ", "Bearer psk_x", "Basic !!!", "Bearer eyJhbGciOiJub25lIn0.e30.", "x")));
        }
        if (chance(5)) {
            headers.put("Cookie", "penstock_session=" + one(List.of("", "x", "a.b.c", "%00", "v1." + "A".repeat(500))));
        }
        if (chance(10)) {
            headers.put("Idempotency-Key", one(List.of("", "k", "a b", "ü", "x".repeat(300))));
        }
        if (chance(5)) {
            headers.put(
                    "Accept", one(List.of("*/*", "text/html", "application/xml", "nonsense", "application/json;q=x")));
        }
        if (chance(2)) {
            headers.put("Last-Event-ID", one(NASTY_SAFE));
        }
        if (chance(3)) {
            headers.put("traceparent", one(List.of("00-x", "ff-" + "0".repeat(32) + "-" + "0".repeat(16) + "-00", "")));
        }
        return headers;
    }

    /** What the client lets through as a header. */
    private static final List<String> NASTY_SAFE = List.of("", "-1", "x", "99999999999999999999", "a-b-c");

    private String path(Operation operation, boolean changes) {
        String path = operation.path();
        while (path.contains("{")) {
            int from = path.indexOf('{');
            int to = path.indexOf('}', from);
            String name = path.substring(from + 1, to).replaceAll(":.*", "");
            Map<String, List<String>> known = changes ? CHANGED : READ;
            String value = chance(75)
                    ? one(known.getOrDefault(name, List.of("no-such-" + name.toLowerCase(Locale.ROOT))))
                    : one(NASTY_TEXTS);
            path = path.substring(0, from) + encoded(value) + path.substring(to + 1);
        }
        return path;
    }

    private String query(Operation operation) {
        List<String> pairs = new ArrayList<>();
        for (JsonNode given : operation.described().path("parameters")) {
            JsonNode parameter = resolved(given);
            if (!parameter.path("in").asText().equals("query") || !chance(40)) {
                continue;
            }
            String name = parameter.path("name").asText();
            if (name.toLowerCase(Locale.ROOT).contains("wait")) {
                continue;
            }
            pairs.add(encoded(name) + "="
                    + encoded(
                            chance(40)
                                    ? one(NASTY_TEXTS)
                                    : valueOf(parameter.path("schema"), 0).asText()));
            if (chance(3)) {
                pairs.add(pairs.get(pairs.size() - 1));
            }
        }
        if (operation.path().equals("/api/jobs") && chance(30)) {
            pairs.add("payload." + encoded(one(NASTY_TEXTS)) + "=" + encoded(one(NASTY_TEXTS)));
        }
        if (chance(4)) {
            pairs.add(one(List.of("unknown=1", "=", "&&", "a", "%25=1", "limit=%00", "x%5B%5D=1")));
        }
        return pairs.isEmpty() ? "" : "?" + String.join("&", pairs);
    }

    private String tricked(String target) {
        if (!chance(4)) {
            return target;
        }
        return switch (random.nextInt(6)) {
            case 0 -> target.replaceFirst("/api/", "/api//");
            case 1 -> target.replaceFirst("/api/", "/api/%2e%2e/api/");
            case 2 -> target.replaceFirst("/api/", "/api;x=1/");
            case 3 -> target.replaceFirst("/api/", "/api/./");
            case 4 -> target.replaceFirst("/api/", "/%61pi/");
            default -> target.replaceFirst("(\\?|$)", "/$1");
        };
    }

    private String body(JsonNode content, Map<String, String> headers) {
        String type = content.properties().isEmpty()
                ? "application/json"
                : one(new ArrayList<>(content.properties())).getKey();
        headers.put(
                "Content-Type",
                chance(3) ? one(List.of("text/plain", "application/xml", "application/json; charset=x", "x")) : type);
        if (chance(8)) {
            return one(List.of(
                    "",
                    "null",
                    "[]",
                    "{",
                    "\"text\"",
                    "5",
                    "{\"a\":1,\"a\":2}",
                    "[".repeat(300),
                    "\u0000",
                    "{}x",
                    "true"));
        }
        return valueOf(content.path(type).path("schema"), 0).toString();
    }

    private JsonNode valueOf(JsonNode given, int depth) {
        JsonNode schema = resolved(given);
        if (chance(7)) {
            return nasty();
        }
        if (schema.has("enum")) {
            return one(elements(schema.path("enum")));
        }
        for (String alternatives : List.of("oneOf", "anyOf", "allOf")) {
            if (schema.has(alternatives)) {
                return valueOf(one(elements(schema.path(alternatives))), depth);
            }
        }
        JsonNode type = schema.path("type");
        String name = type.isArray() ? type.get(0).asText() : type.asText();
        return switch (name) {
            case "object" -> object(schema, depth);
            case "array" -> array(schema, depth);
            case "integer" -> NODES.numberNode(chance(80) ? (long) random.nextInt(1_000) : random.nextLong());
            case "number" -> NODES.numberNode(random.nextDouble() * 1_000);
            case "boolean" -> NODES.booleanNode(random.nextBoolean());
            case "string" -> NODES.textNode(text(schema));
            default -> chance(50) ? object(schema, depth) : NODES.textNode(text(schema));
        };
    }

    private String text(JsonNode schema) {
        if (schema.path("format").asText().startsWith("date")) {
            return "20" + (10 + random.nextInt(30)) + "-0" + (1 + random.nextInt(9)) + "-11T10:11:12Z";
        }
        return one(List.of(
                "a",
                "diagnostics",
                "fuzzed",
                "sample.fuzzed",
                "acme",
                "dead",
                "retry",
                "60000",
                "1h",
                "orders/1",
                "Äpfel",
                "fuzzer@example.org"));
    }

    private ObjectNode object(JsonNode schema, int depth) {
        ObjectNode object = NODES.objectNode();
        if (depth < DEEPEST) {
            schema.path("properties").properties().forEach(property -> {
                if (chance(65)) {
                    object.set(property.getKey(), safe(property.getKey(), valueOf(property.getValue(), depth + 1)));
                }
            });
        }
        if (chance(4)) {
            object.set(one(List.of("unknown", "", "__proto__", "a.b", "\u0000")), nasty());
        }
        return object;
    }

    /** Objects of other tests are not touched. */
    private JsonNode safe(String name, JsonNode value) {
        return switch (name) {
            case "allQueues" -> NODES.booleanNode(false);
            case "queue" -> value.isTextual() && chance(80) ? NODES.textNode("fuzzed") : value;
            default -> value;
        };
    }

    private ArrayNode array(JsonNode schema, int depth) {
        ArrayNode array = NODES.arrayNode();
        int size = depth < DEEPEST ? random.nextInt(4) : 0;
        for (int i = 0; i < size; i++) {
            array.add(valueOf(schema.path("items"), depth + 1));
        }
        return array;
    }

    private JsonNode nasty() {
        return switch (random.nextInt(8)) {
            case 0 -> NODES.nullNode();
            case 1 -> NODES.numberNode(random.nextLong());
            case 2 -> NODES.numberNode(-1.5e300);
            case 3 -> NODES.booleanNode(random.nextBoolean());
            case 4 -> NODES.arrayNode().add(NODES.objectNode());
            case 5 -> NODES.objectNode().put("a", 1);
            default -> NODES.textNode(one(NASTY_TEXTS));
        };
    }

    private JsonNode resolved(JsonNode schema) {
        JsonNode found = schema;
        for (int i = 0; found.has("$ref") && i < DEEPEST; i++) {
            found = document.at(found.path("$ref").asText().substring(1));
        }
        return found;
    }

    private static List<JsonNode> elements(JsonNode array) {
        List<JsonNode> all = new ArrayList<>();
        array.forEach(all::add);
        return all;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    static JsonNode parsed(String document) throws java.io.IOException {
        return new ObjectMapper().readTree(document);
    }
}
