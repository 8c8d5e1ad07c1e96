package io.penstock.common.templates.bulk;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What stands against a change. */
public enum ConflictKind {
    /** Somebody changed the template since it was read. */
    VERSION,
    /** Children, courses or schedules hang on it, or what it hangs on is missing. */
    DEPENDENCY,
    /** A limit of the tenant, or another operation that has the template in hand. */
    RESOURCE,
    /** The change is well formed and still not allowed, such as changing a system template. */
    BUSINESS_RULE,
    /** The result would contradict itself: a price below zero, a name twice, a circle of parents. */
    DATA_INTEGRITY;

    @JsonValue
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
