package io.penstock.api.problem;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** One error as the caller sees it (RFC 9457). Holds nothing of the server's inside: no class name, no stack. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "Problem", description = "What went wrong (RFC 9457). Programs should look at `code`.")
public record Problem(
        @Schema(description = "URI that names the kind of problem", examples = "urn:penstock:problem:invalid-payload")
                String type,
        @Schema(description = "The kind of problem in words") String title,
        @Schema(description = "The HTTP status", examples = "400") int status,
        @Schema(description = "What was wrong with this request") String detail,
        @Schema(description = "Stable code of the kind of problem", examples = "invalid-payload") String code,
        @Schema(description = "The field or parameter to blame, where one is", examples = "payload.ms") @Nullable
                String field,
        @Schema(description = "The state that the job is in, where that is the problem", examples = "active") @Nullable
                String state,
        @Schema(
                        description =
                                "Where a store is unavailable: whether the request may have taken effect all the same",
                        enumeration = {"none", "unknown"})
                @Nullable
                String effect,
        @Schema(description = "Finds the server's log entry of an unexpected error") @Nullable String errorId) {

    public static final String MEDIA_TYPE = "application/problem+json";

    public static Problem of(ProblemCode code, String detail) {
        return of(code, code.status(), detail);
    }

    /** For statuses of the HTTP layer that have no code of their own. */
    public static Problem of(ProblemCode code, int status, String detail) {
        return new Problem(
                "urn:penstock:problem:" + code.code(),
                code.title(),
                status,
                detail,
                code.code(),
                null,
                null,
                null,
                null);
    }

    /** An unexpected error: the caller learns only the id under which the log tells the rest. */
    public static Problem unexpected(String errorId) {
        return new Problem(
                "urn:penstock:problem:" + ProblemCode.INTERNAL_ERROR.code(),
                ProblemCode.INTERNAL_ERROR.title(),
                ProblemCode.INTERNAL_ERROR.status(),
                "The server's log tells more under this error id.",
                ProblemCode.INTERNAL_ERROR.code(),
                null,
                null,
                null,
                errorId);
    }

    public static String newErrorId() {
        return UUID.randomUUID().toString();
    }

    public Problem at(String offendingField) {
        return new Problem(type, title, status, detail, code, offendingField, state, effect, errorId);
    }

    /** Tells where the job is that the request was about. */
    public Problem in(String currentState) {
        return new Problem(type, title, status, detail, code, field, currentState, effect, errorId);
    }

    /** Tells whether a request to a store that is unavailable may have taken effect: "none" or "unknown". */
    public Problem withEffect(String whatIsKnown) {
        return new Problem(type, title, status, detail, code, field, state, whatIsKnown, errorId);
    }
}
