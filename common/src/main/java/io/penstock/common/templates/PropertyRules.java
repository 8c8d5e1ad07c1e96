package io.penstock.common.templates;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.common.templates.bulk.Conflict;
import java.util.List;
import java.util.Optional;

/** Holds the properties of a template, with all that it inherits, to the nearest rules of its chain. Pure; as slow as {@link RuleSet}. */
public final class PropertyRules {

    private static final String RULES = "validationRules";
    private static final String PROPERTIES = "dynamicProperties";

    private PropertyRules() {}

    /** Whether there is anything to be held to. */
    static boolean apply(ObjectNode effective) {
        return !effective.path(RULES).isEmpty();
    }

    /**
     * What stands against a write.
     *
     * @param set what is written: rules that it brings along must be rules
     * @param chain as it will be, the topmost first, the template itself last
     */
    public static Optional<Conflict> conflict(JsonNode set, List<ObjectNode> chain, RuleSet.Strictness strictness) {
        return conflict(set, Inheritance.resolve(chain).effective(), strictness);
    }

    static Optional<Conflict> conflict(JsonNode set, ObjectNode effective, RuleSet.Strictness strictness) {
        Optional<String> fault = RuleSet.faultOf(set.path(RULES));
        if (fault.isPresent()) {
            return Optional.of(Conflict.integrity(RULES + ": " + fault.get(), RULES));
        }
        List<String> breaches = RuleSet.breaches(effective.path(RULES), effective.path(PROPERTIES), strictness);
        return breaches.isEmpty()
                ? Optional.empty()
                : Optional.of(Conflict.integrity(
                        "the properties break the rules: " + String.join("; ", breaches), PROPERTIES));
    }
}
