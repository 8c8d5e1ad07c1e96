package io.penstock.common.templates.bulk;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;

/**
 * One thing that stands against a change of a template.
 *
 * @param fields that it is about; maybe empty
 * @param what in a sentence, for people
 * @param forceable whether {@code override} may go over it. What would leave contradicting data, break a limit or touch another
 *     tenant never is
 * @param mergeable whether {@code merge} can join both sides: the fields of both changes do not meet
 */
@RegisterForReflection
public record Conflict(ConflictKind kind, List<String> fields, String what, boolean forceable, boolean mergeable) {

    public Conflict {
        fields = List.copyOf(fields);
        if (mergeable && kind != ConflictKind.VERSION) {
            throw new IllegalArgumentException("only changes of both sides can be joined");
        }
    }

    /**
     * The template was changed by somebody else.
     *
     * @param expected the version that the caller saw
     * @param theirs fields that were changed since then
     * @param ours fields that are to be changed now
     */
    public static Conflict version(long expected, long actual, List<String> theirs, List<String> ours) {
        List<String> both = theirs.stream().filter(ours::contains).sorted().toList();
        boolean known = !theirs.isEmpty();
        String what = "version " + actual + " is there, " + expected + " was expected"
                + (!known
                        ? "; what was changed in between is not known"
                        : both.isEmpty()
                                ? "; other fields were changed: " + String.join(", ", theirs)
                                : "; both sides change " + String.join(", ", both));
        return new Conflict(ConflictKind.VERSION, both.isEmpty() ? theirs : both, what, true, known && both.isEmpty());
    }

    /** Something hangs on the template that the change reaches. */
    public static Conflict dependency(String what, String... fields) {
        return new Conflict(ConflictKind.DEPENDENCY, List.of(fields), what, true, false);
    }

    /** What the template is to hang on is missing: no strategy makes it appear. */
    public static Conflict missing(String what, String... fields) {
        return new Conflict(ConflictKind.DEPENDENCY, List.of(fields), what, false, false);
    }

    public static Conflict resource(String what) {
        return new Conflict(ConflictKind.RESOURCE, List.of(), what, false, false);
    }

    /** A rule that whoever says {@code override} may break. */
    public static Conflict softRule(String what, String... fields) {
        return new Conflict(ConflictKind.BUSINESS_RULE, List.of(fields), what, true, false);
    }

    public static Conflict hardRule(String what, String... fields) {
        return new Conflict(ConflictKind.BUSINESS_RULE, List.of(fields), what, false, false);
    }

    public static Conflict integrity(String what, String... fields) {
        return new Conflict(ConflictKind.DATA_INTEGRITY, List.of(fields), what, false, false);
    }
}
