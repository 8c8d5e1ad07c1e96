package io.penstock.bench.compare;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** A comparison for people: a table with a row for each promise, and the conditions below. */
final class MarkdownTable {

    private static final String NOTHING = "–";
    private static final String HEAD =
            """
            | scenario | BullMQ | bee-queue | Penstock | bee-queue : BullMQ | Penstock : BullMQ | target | met |
            |---|---:|---:|---:|---:|---:|---|---|
            """;

    private final Comparison comparison;

    MarkdownTable(Comparison comparison) {
        this.comparison = comparison;
    }

    String text() {
        String rows = comparison.promises().stream().map(this::row).collect(Collectors.joining());
        return "**Redis %s, %s**%n%n%s%s%n%s%n"
                .formatted(
                        comparison.conditions().redis(),
                        comparison.conditions().persistence(),
                        HEAD,
                        rows,
                        conditions());
    }

    private String row(Promise promise) {
        List<String> cells = List.of(
                title(promise),
                median(promise, Side.BULLMQ),
                median(promise, Side.BEE_QUEUE),
                median(promise, Side.PENSTOCK),
                ratio(promise, Side.BEE_QUEUE),
                ratio(promise, Side.PENSTOCK),
                target(promise),
                comparison.isMet(promise).map(met -> met ? "yes" : "**no**").orElse(NOTHING));
        return cells.stream().collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    /** Where the comparison is not with BullMQ, the row says with what. */
    private String title(Promise promise) {
        Side base = promise.contest().base();
        return base == Side.BULLMQ
                ? promise.title()
                : "%s, against %s (%s)".formatted(promise.title(), base.title(), median(promise, base));
    }

    private String median(Promise promise, Side side) {
        OptionalDouble median = comparison.median(promise, side);
        return median.isPresent() ? promise.figure().text(median.getAsDouble()) : NOTHING;
    }

    private String ratio(Promise promise, Side side) {
        OptionalDouble ratio = comparison.ratio(promise, side);
        return ratio.isPresent() ? Figure.inThreeDigits(ratio.getAsDouble()) : NOTHING;
    }

    private static String target(Promise promise) {
        return promise.target() == null ? NOTHING : promise.target().toString();
    }

    private String conditions() {
        Conditions conditions = comparison.conditions();
        String versions = conditions.versions().entrySet().stream()
                .map(version -> version.getKey() + " " + version.getValue())
                .collect(Collectors.joining(", "));
        String load =
                conditions.loadBefore() < 0 ? "unknown" : String.format(Locale.ROOT, "%.2f", conditions.loadBefore());
        return "Conditions: %s, the sides in turn; %s; Redis and clients on %d cores; load average before: %s.%s%s"
                .formatted(
                        conditions.rounds() == 1 ? "one round" : "medians of " + conditions.rounds() + " rounds",
                        versions,
                        conditions.cores(),
                        load,
                        conditions.endedJobsRemoved()
                                ? " The peers remove ended jobs, which is not their default."
                                : "",
                        conditions.quick() ? " A quick run: too few jobs for figures that mean anything." : "");
    }
}
