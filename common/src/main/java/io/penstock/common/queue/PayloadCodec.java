package io.penstock.common.queue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.job.InvalidJobException;
import io.quarkus.runtime.configuration.MemorySize;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validator;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Payloads to JSON and back, with the checks of the payload class (bean validation) on the way in. */
@ApplicationScoped
public class PayloadCodec {

    private final ObjectMapper strict;
    private final ObjectMapper tolerant;
    private final Validator validator;
    private final long limitBytes;

    @Inject
    public PayloadCodec(
            ObjectMapper mapper,
            Validator validator,
            @ConfigProperty(name = "penstock.payload-limit", defaultValue = "64K") MemorySize limit) {
        this(mapper, validator, limit.asLongValue());
    }

    /** @param limitBytes the most bytes of UTF-8 that one payload may take */
    public PayloadCodec(ObjectMapper mapper, Validator validator, long limitBytes) {
        this.strict = StrictMapper.of(mapper);
        this.tolerant = mapper.copy().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
        this.validator = validator;
        this.limitBytes = limitBytes;
    }

    /** Fails with {@link InvalidJobException} where a constraint is broken or the text is over the limit. */
    public String encode(Object payload) {
        checkConstraints(payload);
        try {
            String json = strict.writeValueAsString(payload);
            checkSize(json);
            return json;
        } catch (JsonProcessingException e) {
            throw new InvalidJobException("payload", "cannot be written as JSON");
        }
    }

    /** Reads what a caller sent: unknown fields and wrong types are refused by name. */
    public <P> P read(JsonNode json, Class<P> payloadClass) {
        JsonNode node = json.isNull() || json.isMissingNode() ? strict.createObjectNode() : json;
        try {
            P payload = strict.treeToValue(node, payloadClass);
            if (payload == null) {
                throw new InvalidJobException("payload", "must be a JSON object");
            }
            return payload;
        } catch (JsonProcessingException e) {
            JsonFault fault = JsonFault.of(e);
            throw new InvalidJobException("payload" + fault.path(), fault.reason());
        }
    }

    /** As {@link #read}, for text that nobody has parsed yet; refuses what is not JSON, repeats a field or nests too deeply. */
    public <P> P parse(String json, Class<P> payloadClass) {
        try {
            return read(strict.readTree(json), payloadClass);
        } catch (JsonProcessingException e) {
            throw new InvalidJobException("payload", JsonFault.of(e).reason());
        }
    }

    /** Reads what the queue stored. Unknown fields are ignored: a newer producer may have added them. */
    public <P> P decode(String json, Class<P> payloadClass) throws JsonProcessingException {
        return tolerant.readValue(json, payloadClass);
    }

    /** A handler's result as JSON text. */
    public String encodeResult(Object result) throws JsonProcessingException {
        return strict.writeValueAsString(result);
    }

    private void checkConstraints(Object payload) {
        Set<ConstraintViolation<Object>> broken = validator.validate(payload);
        if (!broken.isEmpty()) {
            ConstraintViolation<Object> first = broken.stream()
                    .min((a, b) -> a.getPropertyPath()
                            .toString()
                            .compareTo(b.getPropertyPath().toString()))
                    .orElseThrow();
            throw new InvalidJobException("payload." + first.getPropertyPath(), first.getMessage());
        }
    }

    private void checkSize(String json) {
        // Three bytes a character is the most UTF-8 needs for a Java char, so most payloads need no second look.
        if (json.length() * 3L > limitBytes && json.getBytes(StandardCharsets.UTF_8).length > limitBytes) {
            throw new PayloadTooLargeException(limitBytes);
        }
    }
}
