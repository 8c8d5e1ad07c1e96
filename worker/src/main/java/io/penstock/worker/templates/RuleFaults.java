package io.penstock.worker.templates;

import io.penstock.common.templates.RuleSet;
import io.penstock.common.templates.bulk.Conflict;
import io.penstock.common.templates.bulk.TemplateChange;
import io.penstock.common.templates.bulk.TemplateField;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Rules that a chunk brings along and that are no set of rules. */
final class RuleFaults {

    private static final String RULES = "validationRules";
    private static final RuleFaults NONE = new RuleFaults(Map.of());

    private final Map<TemplateChange, Conflict> conflicts;

    private RuleFaults(Map<TemplateChange, Conflict> conflicts) {
        this.conflicts = conflicts;
    }

    /** Rules may come with patterns, which cost time: looked at on a thread that may be kept busy. */
    static Uni<RuleFaults> of(List<TemplateChange> items) {
        List<TemplateChange> ruled =
                items.stream().filter(item -> !item.set().path(RULES).isEmpty()).toList();
        return ruled.isEmpty()
                ? Uni.createFrom().item(NONE)
                : Uni.createFrom()
                        .item(() -> new RuleFaults(conflicts(ruled)))
                        .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    }

    private static Map<TemplateChange, Conflict> conflicts(List<TemplateChange> ruled) {
        Map<TemplateChange, Conflict> conflicts = new HashMap<>();
        for (TemplateChange item : ruled) {
            // What is too large or too deep is refused for that, and not looked into.
            if (!TemplateField.faults(item.set()).isEmpty()) {
                continue;
            }
            RuleSet.faultOf(item.set().path(RULES))
                    .ifPresent(fault -> conflicts.put(item, Conflict.integrity(RULES + ": " + fault, RULES)));
        }
        return conflicts;
    }

    /** One conflict at most. */
    List<Conflict> of(TemplateChange item) {
        Conflict conflict = conflicts.isEmpty() ? null : conflicts.get(item);
        return conflict == null ? List.of() : List.of(conflict);
    }
}
