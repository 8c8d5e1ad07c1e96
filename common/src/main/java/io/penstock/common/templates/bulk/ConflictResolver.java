package io.penstock.common.templates.bulk;

import io.penstock.common.batch.ConflictStrategy;
import io.penstock.common.templates.bulk.Resolution.Decision;
import io.penstock.common.templates.bulk.Resolution.Resolved;
import io.penstock.common.templates.bulk.Resolution.Unresolved;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Decides what becomes of one change under a strategy. Pure.
 *
 * <table>
 * <caption>What each strategy does</caption>
 * <tr><th>kind</th><th>abort</th><th>skip</th><th>override</th><th>merge</th></tr>
 * <tr><td>version</td><td>stops</td><td>skipped</td><td>ours wins, theirs is told</td><td>joined where the fields do not meet</td></tr>
 * <tr><td>dependency</td><td>stops</td><td>skipped</td><td>done with a warning, unless something is missing</td><td>fails</td></tr>
 * <tr><td>resource</td><td>stops</td><td>skipped</td><td>fails</td><td>fails</td></tr>
 * <tr><td>business rule</td><td>stops</td><td>skipped</td><td>done with a warning where the rule is soft</td><td>fails</td></tr>
 * <tr><td>data integrity</td><td>stops</td><td>skipped</td><td>fails</td><td>fails</td></tr>
 * </table>
 */
public final class ConflictResolver {

    private ConflictResolver() {}

    /** What becomes of a change against which these conflicts stand; none: it is applied. */
    public static Resolution resolve(List<Conflict> conflicts, ConflictStrategy strategy) {
        List<Resolved> resolved = new ArrayList<>();
        List<Unresolved> unresolved = new ArrayList<>();
        Set<String> actions = new LinkedHashSet<>();
        List<String> warnings = new ArrayList<>();
        boolean merged = false;
        for (Conflict conflict : conflicts) {
            if (strategy == ConflictStrategy.OVERRIDE && conflict.forceable()) {
                resolved.add(new Resolved(conflict, "override: the change is made all the same"));
                warnings.add(warning(conflict));
            } else if (strategy == ConflictStrategy.MERGE && conflict.mergeable()) {
                merged = true;
                resolved.add(new Resolved(conflict, "merge: both changes are kept, they meet in no field"));
                warnings.add("merged with a change that came in between: " + String.join(", ", conflict.fields()));
            } else {
                unresolved.add(new Unresolved(conflict, why(conflict, strategy)));
                actions.add(action(conflict));
            }
        }
        return new Resolution(
                decision(unresolved, merged, strategy), resolved, unresolved, List.copyOf(actions), warnings);
    }

    private static Decision decision(List<Unresolved> unresolved, boolean merged, ConflictStrategy strategy) {
        if (unresolved.isEmpty()) {
            return merged ? Decision.APPLY_MERGED : Decision.APPLY;
        }
        return switch (strategy) {
            case ABORT -> Decision.ABORT;
            case SKIP -> Decision.SKIP;
            case OVERRIDE, MERGE -> Decision.FAIL;
        };
    }

    private static String why(Conflict conflict, ConflictStrategy strategy) {
        return switch (strategy) {
            case ABORT -> "abort: the first conflict ends the operation";
            case SKIP -> "skip: what meets a conflict stays as it is";
            case OVERRIDE ->
                switch (conflict.kind()) {
                    case RESOURCE -> "limits and locks hold whatever the strategy";
                    case DATA_INTEGRITY -> "the result would contradict itself";
                    case DEPENDENCY -> "what it needs is not there";
                    case VERSION, BUSINESS_RULE -> "the rule has no exception";
                };
            case MERGE ->
                conflict.kind() == ConflictKind.VERSION
                        ? "both sides change the same field, or what was changed is not known"
                        : "there are no two sides to join";
        };
    }

    private static String action(Conflict conflict) {
        return switch (conflict.kind()) {
            case VERSION ->
                conflict.mergeable()
                        ? "repeat with 'merge': both changes can be kept"
                        : "read the template again and decide which value holds, or repeat with 'override'";
            case DEPENDENCY ->
                conflict.forceable()
                        ? "look at what hangs on the template first, or repeat with 'override'"
                        : "create or correct what the template refers to, then repeat";
            case RESOURCE -> "wait for the other operation, or ask for a higher limit, then repeat what failed";
            case BUSINESS_RULE ->
                conflict.forceable()
                        ? "leave these templates out, or repeat with 'override'"
                        : "leave these templates out";
            case DATA_INTEGRITY -> "correct the values, then repeat";
        };
    }

    private static String warning(Conflict conflict) {
        return switch (conflict.kind()) {
            case VERSION -> "a change that came in between is overwritten: " + conflict.what();
            case DEPENDENCY -> "done although others depend on it: " + conflict.what();
            case BUSINESS_RULE -> "done against a rule: " + conflict.what();
            case RESOURCE, DATA_INTEGRITY -> conflict.what();
        };
    }
}
