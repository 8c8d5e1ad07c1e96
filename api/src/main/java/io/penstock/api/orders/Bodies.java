package io.penstock.api.orders;

import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/** What all bodies of the shop have in common. */
final class Bodies {

    private Bodies() {}

    /** The value of a field that must be there. */
    static <T> T present(String field, @Nullable T value) {
        if (value == null) {
            throw ProblemException.at(field, ProblemCode.INVALID_REQUEST, field + ": is missing");
        }
        return value;
    }
}
