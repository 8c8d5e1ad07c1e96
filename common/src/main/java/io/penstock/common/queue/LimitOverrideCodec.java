package io.penstock.common.queue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.common.flow.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** How an override of limits is stored, in PostgreSQL and in Redis alike: one line of JSON with a version, times in ms. */
public final class LimitOverrideCodec {

    private static final int VERSION = 1;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private LimitOverrideCodec() {}

    public static String encode(LimitOverride override) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("v", VERSION);
        json.put("by", override.changedBy());
        json.put("at", override.changedAt().toEpochMilli());
        QueueLimits limits = override.limits();
        limits.concurrency().ifPresent(value -> json.put("concurrency", value));
        limits.rateLimit().ifPresent(into(json, "rateLimit"));
        limits.globalConcurrency().ifPresent(value -> json.put("globalConcurrency", value));
        limits.groupConcurrency().ifPresent(value -> json.put("groupConcurrency", value));
        limits.groupRateLimit().ifPresent(into(json, "groupRateLimit"));
        return json.toString();
    }

    private static Consumer<RateLimit> into(ObjectNode json, String field) {
        return limit -> json.putObject(field)
                .put("permits", limit.permits())
                .put("perMs", limit.per().toMillis())
                .put("burst", limit.burst());
    }

    /** Empty for what this release cannot read: a newer version, or none. */
    public static Optional<LimitOverride> decode(String text) {
        try {
            JsonNode json = MAPPER.readTree(text);
            if (json.path("v").asInt() != VERSION) {
                return Optional.empty();
            }
            QueueLimits limits = new QueueLimits(
                    number(json, "concurrency"),
                    rate(json, "rateLimit"),
                    number(json, "globalConcurrency"),
                    number(json, "groupConcurrency"),
                    rate(json, "groupRateLimit"));
            return Optional.of(new LimitOverride(
                    limits,
                    json.path("by").asText(),
                    Instant.ofEpochMilli(json.path("at").asLong())));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static OptionalInt number(JsonNode json, String field) {
        return json.has(field) ? OptionalInt.of(json.path(field).asInt()) : OptionalInt.empty();
    }

    private static Optional<RateLimit> rate(JsonNode json, String field) {
        JsonNode limit = json.path(field);
        return limit.isObject()
                ? Optional.of(new RateLimit(
                        limit.path("permits").asInt(),
                        Duration.ofMillis(limit.path("perMs").asLong()),
                        limit.path("burst").asInt()))
                : Optional.empty();
    }
}
