package io.penstock.common.templates.bulk;

import com.fasterxml.jackson.annotation.JsonValue;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Locale;

/**
 * What becomes of a change that something stands against.
 *
 * @param decision what is done
 * @param resolved conflicts that no longer stand against it, and how that came
 * @param unresolved those that do, and why
 * @param suggestedActions what a person can do about them
 * @param warnings what a person should know about what is done
 */
@RegisterForReflection
public record Resolution(
        Decision decision,
        List<Resolved> resolved,
        List<Unresolved> unresolved,
        List<String> suggestedActions,
        List<String> warnings) {

    /** What is done with the change. */
    public enum Decision {
        APPLY,
        /** Theirs stays, ours is put beside where both can be had. */
        APPLY_MERGED,
        SKIP,
        FAIL,
        /** It fails, and the rest of the batch is cancelled. */
        ABORT;

        @JsonValue
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }

        public boolean applies() {
            return this == APPLY || this == APPLY_MERGED;
        }
    }

    @RegisterForReflection
    public record Resolved(Conflict conflict, String how) {}

    @RegisterForReflection
    public record Unresolved(Conflict conflict, String why) {}

    /** In one line, for the result of an item. */
    public String text() {
        return String.join(
                "; ",
                unresolved.isEmpty()
                        ? resolved.stream().map(each -> each.conflict().what()).toList()
                        : unresolved.stream()
                                .map(each -> each.conflict().kind().wire() + ": "
                                        + each.conflict().what())
                                .toList());
    }
}
