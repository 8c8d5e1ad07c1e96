package io.penstock.common.queue;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with JSON from outside, in words for the one who sent it. The parser's own messages name Java classes,
 * which tell the sender nothing and an attacker too much.
 *
 * @param path where, such as {@code .items[3].ms}; empty: the document as a whole
 * @param reason what is wrong or allowed
 * @param malformed true: not JSON, or JSON that is refused before anyone looks at its fields
 */
public record JsonFault(String path, String reason, boolean malformed) {

    public static JsonFault of(JsonProcessingException e) {
        if (causedBy(e, StreamConstraintsException.class)) {
            return new JsonFault("", "nests too deeply or holds a name or number that is too long", true);
        }
        if (e instanceof UnrecognizedPropertyException unknown) {
            return new JsonFault(pathOf(unknown), "is not a known field", false);
        }
        if (said(e).startsWith("Trailing token")) {
            return new JsonFault("", "is followed by more text", true);
        }
        if (e instanceof MismatchedInputException mismatch) {
            return new JsonFault(pathOf(mismatch), "must be " + expected(mismatch), false);
        }
        if (causedBy(e, InputCoercionException.class)) {
            return new JsonFault(pathOf(e), "is a number that is too large or too small", false);
        }
        if (e instanceof JsonMappingException && !causedBy(e, StreamReadException.class)) {
            return new JsonFault(pathOf(e), "has a value that is not allowed", false);
        }
        return new JsonFault("", notJson(e), true);
    }

    /** What a value of this class looks like in JSON. */
    public static String formOf(Class<?> type) {
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .map(String::valueOf)
                    .collect(Collectors.joining(", ", "one of ", ""));
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (type == int.class
                || type == long.class
                || type == short.class
                || type == Integer.class
                || type == Long.class
                || type == Short.class) {
            return "a whole number";
        }
        if (type.isPrimitive() || Number.class.isAssignableFrom(type)) {
            return "a number";
        }
        if (CharSequence.class.isAssignableFrom(type)) {
            return "a string";
        }
        if (type == Instant.class) {
            return "a time such as 2026-01-31T08:00:00Z";
        }
        if (type.isArray() || Collection.class.isAssignableFrom(type)) {
            return "a list";
        }
        return Map.class.isAssignableFrom(type) || type.isRecord() ? "an object" : "a value of another form";
    }

    private static String expected(MismatchedInputException e) {
        Class<?> target = e.getTargetType();
        return target == null ? "a value of another form" : formOf(target);
    }

    static String pathOf(JsonProcessingException e) {
        if (!(e instanceof JsonMappingException mapping)) {
            return "";
        }
        return mapping.getPath().stream()
                .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : "." + step.getFieldName())
                .collect(Collectors.joining());
    }

    private static String notJson(JsonProcessingException e) {
        JsonLocation at = e.getLocation();
        String what = said(e).startsWith("Duplicate")
                ? "has a " + said(e).replace("Duplicate", "duplicate")
                : "is not valid JSON";
        return at == null ? what : what + " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
    }

    private static String said(JsonProcessingException e) {
        return e.getOriginalMessage() == null ? "" : e.getOriginalMessage();
    }

    private static boolean causedBy(@Nullable Throwable e, Class<? extends Throwable> kind) {
        for (Throwable at = e; at != null; at = at.getCause()) {
            if (kind.isInstance(at)) {
                return true;
            }
        }
        return false;
    }
}
