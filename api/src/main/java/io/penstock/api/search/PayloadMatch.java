package io.penstock.api.search;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.penstock.common.history.HistorySearch.PayloadValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether a payload has given values at given places. */
final class PayloadMatch {

    /** Numbers keep the digits they were written with. */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private PayloadMatch() {}

    /** @param payload JSON text; null and what is no JSON has no values */
    static boolean hasAll(@Nullable String payload, List<PayloadValue> values) {
        if (values.isEmpty()) {
            return true;
        }
        if (payload == null) {
            return false;
        }
        try {
            JsonNode root = JSON.readTree(payload);
            return values.stream().allMatch(value -> has(root, value));
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    private static boolean has(JsonNode root, PayloadValue wanted) {
        JsonNode at = root;
        for (String step : wanted.path()) {
            at = at.isArray() ? at.path(position(step)) : at.path(step);
        }
        return at.isValueNode() && !at.isNull() && at.asText().equals(wanted.value());
    }

    private static int position(String step) {
        try {
            return Integer.parseInt(step);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
