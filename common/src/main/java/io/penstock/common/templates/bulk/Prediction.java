package io.penstock.common.templates.bulk;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Says which conflicts an operation is likely to meet, the most probable first. Pure: of what was observed. */
public final class Prediction {

    static final double ORPHANS = 0.9;
    static final double CIRCLE = 1.0;
    static final double CERTAIN = 1.0;
    /** An operation that runs has part of its templates behind it; one that waits has all before it. */
    static final double OVERLAP_RUNNING = 0.8;

    static final double OVERLAP_WAITING = 0.6;
    static final double SOFT_RULE = 0.7;
    /** Templates that somebody changed in the last hours are likely to be changed again. */
    static final double BUSY = 0.3;

    /** From here on somebody else may use up meanwhile what is left. */
    private static final double NEAR_LIMIT = 0.8;

    private Prediction() {}

    /**
     * Another operation of the tenant that shares templates.
     *
     * @param running false: it waits
     */
    public record Overlap(String batchId, boolean running, List<String> templates, long count) {}

    /**
     * What was looked at.
     *
     * @param overlaps other operations
     * @param orphaned by template that is to be deleted or archived: its children that are not
     * @param circles each in words, with the templates in it
     * @param stale templates of which another version is there than expected
     * @param missing templates that do not exist
     * @param system system templates, which only change by override
     * @param recent templates that somebody changed in the last hours
     * @param used how much of the tenant's limit of templates is used
     * @param limit 0: none
     * @param added templates that the operation adds
     */
    public record Observed(
            List<Overlap> overlaps,
            Map<String, Long> orphaned,
            List<List<String>> circles,
            List<String> stale,
            List<String> missing,
            List<String> system,
            List<String> recent,
            long used,
            long limit,
            long added) {}

    public static List<PredictedConflict> of(Observed seen) {
        List<PredictedConflict> all = new ArrayList<>();
        for (List<String> circle : seen.circles()) {
            all.add(new PredictedConflict(
                    ConflictKind.DATA_INTEGRITY,
                    CIRCLE,
                    "the parents would make a circle: " + String.join(" -> ", circle),
                    circle,
                    circle.size(),
                    "give one of them another parent"));
        }
        if (!seen.orphaned().isEmpty()) {
            long children =
                    seen.orphaned().values().stream().mapToLong(Long::longValue).sum();
            all.add(new PredictedConflict(
                    ConflictKind.DEPENDENCY,
                    ORPHANS,
                    children + " templates would lose the parent that they inherit from",
                    seen.orphaned().keySet().stream().sorted().toList(),
                    seen.orphaned().size(),
                    "change the children first, or include them"));
        }
        for (Overlap overlap : seen.overlaps()) {
            all.add(new PredictedConflict(
                    ConflictKind.RESOURCE,
                    overlap.running() ? OVERLAP_RUNNING : OVERLAP_WAITING,
                    "the operation " + overlap.batchId() + " " + (overlap.running() ? "changes" : "waits to change")
                            + " " + overlap.count() + " of the same templates",
                    overlap.templates(),
                    overlap.count(),
                    overlap.running()
                            ? "start when it has ended"
                            : "cancel one of both, or start this one when it has ended"));
        }
        add(
                all,
                ConflictKind.VERSION,
                CERTAIN,
                seen.stale(),
                " templates have another version than was expected",
                "read them again, or use 'merge'");
        add(all, ConflictKind.DEPENDENCY, CERTAIN, seen.missing(), " templates do not exist", "leave them out");
        add(
                all,
                ConflictKind.BUSINESS_RULE,
                SOFT_RULE,
                seen.system(),
                " are system templates, which are changed by 'override' alone",
                "leave them out, or use 'override'");
        add(
                all,
                ConflictKind.VERSION,
                BUSY,
                seen.recent(),
                " templates were changed by somebody in the last hours",
                "tell the others, or start when they are gone");
        if (seen.limit() > 0 && seen.added() > 0) {
            double share = (double) (seen.used() + seen.added()) / seen.limit();
            if (share > NEAR_LIMIT) {
                all.add(new PredictedConflict(
                        ConflictKind.RESOURCE,
                        share > 1 ? CERTAIN : Math.min(0.9, (share - NEAR_LIMIT) * 4),
                        seen.used() + " of " + seen.limit() + " templates are used, " + seen.added() + " are to come",
                        List.of(),
                        seen.added(),
                        "archive or delete what is not used, or ask for a higher limit"));
            }
        }
        all.sort(Comparator.comparingDouble(PredictedConflict::probability)
                .reversed()
                .thenComparing(PredictedConflict::kind)
                .thenComparing(PredictedConflict::what));
        return all;
    }

    private static void add(
            List<PredictedConflict> all,
            ConflictKind kind,
            double probability,
            List<String> templates,
            String what,
            String mitigation) {
        if (!templates.isEmpty()) {
            all.add(new PredictedConflict(
                    kind, probability, templates.size() + what, templates, templates.size(), mitigation));
        }
    }
}
