package io.penstock.common.queue;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import java.io.IOException;

/**
 * Refuses to write a {@code double} or {@code float} that is no number, or infinite: JSON has none, and Jackson would write
 * the word as a text. So does a number arrive that was too large for the field that holds it.
 */
final class FiniteNumbers {

    private FiniteNumbers() {}

    static SimpleModule module() {
        return new SimpleModule("finite numbers")
                .addSerializer(Double.class, new Finite<>(Double.class))
                .addSerializer(double.class, new Finite<>(Double.class))
                .addSerializer(Float.class, new Finite<>(Float.class))
                .addSerializer(float.class, new Finite<>(Float.class));
    }

    private static final class Finite<N extends Number> extends StdScalarSerializer<N> {

        private static final long serialVersionUID = 1;

        Finite(Class<N> type) {
            super(type);
        }

        @Override
        public void serialize(N value, JsonGenerator json, SerializerProvider provider) throws IOException {
            if (!Double.isFinite(value.doubleValue())) {
                throw new NotFiniteException(json);
            }
            if (value instanceof Float) {
                json.writeNumber(value.floatValue());
            } else {
                json.writeNumber(value.doubleValue());
            }
        }
    }

    /** Says where. */
    static final class NotFiniteException extends JsonMappingException {

        private static final long serialVersionUID = 1;

        NotFiniteException(JsonGenerator json) {
            super(json, "is too large or too small a number for its field, or none");
        }
    }
}
