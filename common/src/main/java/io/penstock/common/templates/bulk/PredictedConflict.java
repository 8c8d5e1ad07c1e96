package io.penstock.common.templates.bulk;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;

/**
 * A conflict that an operation is likely to meet.
 *
 * @param probability 0 to 1; 1: certain unless somebody changes something first
 * @param templates ids that it is about, the first hundred
 * @param count of all templates that it is about
 * @param mitigation what makes it less likely
 */
@RegisterForReflection
public record PredictedConflict(
        ConflictKind kind, double probability, String what, List<String> templates, long count, String mitigation) {

    static final int SHOWN = 100;

    public PredictedConflict {
        if (probability < 0 || probability > 1) {
            throw new IllegalArgumentException("a probability is between 0 and 1");
        }
        templates = templates.size() <= SHOWN ? List.copyOf(templates) : List.copyOf(templates.subList(0, SHOWN));
    }
}
