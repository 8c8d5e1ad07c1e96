package io.penstock.common.queue;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.math.BigDecimal;
import java.util.List;

/**
 * JSON from callers says what it means or is refused: no unknown or repeated fields, no text where a number belongs, no
 * silent rounding, nothing behind the document, no depth that costs stack. A typing error is then told at once rather
 * than found in a job that did something else.
 */
public final class StrictMapper {

    /** Deep enough for any payload people write; the reader recurses once per level. */
    public static final int MAX_DEPTH = 64;

    public static final int MAX_NAME_LENGTH = 1_000;

    private StrictMapper() {}

    /** A strict copy. */
    public static ObjectMapper of(ObjectMapper mapper) {
        return make(mapper.copy());
    }

    /** Makes the mapper itself strict. */
    @SuppressWarnings("deprecation") // The mapper is made elsewhere; its builder is out of reach here.
    public static ObjectMapper make(ObjectMapper mapper) {
        mapper.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxNameLength(MAX_NAME_LENGTH)
                        .build());
        mapper.getFactory().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION.mappedFeature());
        mapper.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
        mapper.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
        mapper.disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT);
        mapper.disable(MapperFeature.ALLOW_COERCION_OF_SCALARS);
        mapper.enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS);
        for (CoercionInputShape other :
                List.of(CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean)) {
            mapper.coercionConfigFor(LogicalType.Textual).setCoercion(other, CoercionAction.Fail);
        }
        mapper.coercionConfigFor(BigDecimal.class).setCoercion(CoercionInputShape.String, CoercionAction.TryConvert);
        return exact(mapper);
    }

    /** Numbers in trees and in untyped fields keep every digit: by default they are rounded to what a double holds. */
    public static ObjectMapper exact(ObjectMapper mapper) {
        mapper.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
        mapper.configure(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES, false);
        return mapper;
    }
}
