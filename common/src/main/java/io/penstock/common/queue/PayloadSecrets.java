package io.penstock.common.queue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.common.job.JobType;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Masks what payloads hold of {@link io.penstock.common.job.Secret}s. Whatever shows or keeps a payload, or a text that may quote one, asks
 * here first. Types without secrets cost nothing.
 */
@ApplicationScoped
public class PayloadSecrets {

    /** In place of a payload that should be JSON and is not: rather nothing than a secret. */
    private static final String ALL_MASKED = "\"" + SecretFields.MASK + "\"";

    private final ObjectMapper mapper;
    private final Map<String, SecretFields> byType = new HashMap<>();

    @Inject
    public PayloadSecrets(ObjectMapper mapper, JobTypes types) {
        this(mapper, types.all());
    }

    /** For programs without a bean container. */
    public PayloadSecrets(ObjectMapper mapper, Iterable<JobType<?>> types) {
        this.mapper = StrictMapper.exact(mapper.copy());
        for (JobType<?> type : types) {
            SecretFields fields = SecretFields.of(type.payloadClass(), mapper);
            if (!fields.isEmpty()) {
                byType.put(type.name(), fields);
            }
        }
    }

    /** Knows none. */
    public static PayloadSecrets none() {
        return new PayloadSecrets(new ObjectMapper(), List.of());
    }

    /** Whether payloads of this type hold any. */
    public boolean areIn(@Nullable String type) {
        return type != null && byType.containsKey(type);
    }

    /** The payload as it may be shown. An encrypted one stays as it is. */
    public @Nullable String masked(@Nullable String type, @Nullable String payload) {
        SecretFields fields = type == null ? null : byType.get(type);
        if (fields == null || payload == null || PayloadCipher.isEncrypted(payload) || isVeil(payload)) {
            return payload;
        }
        try {
            return mapper.writeValueAsString(fields.masked(mapper.readTree(payload)));
        } catch (JsonProcessingException e) {
            return ALL_MASKED;
        }
    }

    /**
     * As {@link #masked}, but for one field.
     *
     * @param path names of fields and numbers of elements, joined by dots
     * @return empty where there is no secret
     */
    public Optional<String> maskedBut(String type, String payload, String path) {
        SecretFields fields = byType.get(type);
        if (fields == null) {
            return Optional.empty();
        }
        try {
            String pointer = "/" + path.replace("~", "~0").replace("/", "~1").replace('.', '/');
            JsonNode clear = mapper.readTree(payload);
            JsonNode masked = fields.masked(mapper.readTree(payload));
            JsonNode revealed = clear.at(pointer);
            JsonNode parent = masked.at(pointer.substring(0, pointer.lastIndexOf('/')));
            String name = pointer.substring(pointer.lastIndexOf('/') + 1);
            if (revealed.isMissingNode() || revealed.equals(masked.at(pointer))) {
                return Optional.empty();
            }
            if (parent instanceof ObjectNode object) {
                object.set(name.replace("~1", "/").replace("~0", "~"), revealed);
            } else if (parent instanceof ArrayNode array) {
                array.set(Integer.parseInt(name), revealed);
            }
            return Optional.of(mapper.writeValueAsString(masked));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static boolean isVeil(String payload) {
        return payload.equals(PayloadCipher.VEIL);
    }
}
