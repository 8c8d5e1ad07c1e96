package io.penstock.api.overview;

import io.penstock.common.figures.Histogram;
import io.penstock.common.figures.Mark;
import io.penstock.common.figures.QueueFigures;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What the queues did in a window, step by step; null where nothing was measured. */
@RegisterForReflection
@Schema(name = "OverviewSeries")
public record Series(
        String window,
        long stepMs,
        Instant from,
        Instant to,
        @Schema(description = "Beginnings of the steps, the oldest first") List<Instant> times,
        @Schema(description = "Jobs that came per second") List<@Nullable Double> enqueued,
        @Schema(description = "Jobs that completed per second") List<@Nullable Double> completed,
        @Schema(description = "Jobs that were given up per minute") List<@Nullable Double> died,
        @Schema(description = "Attempts that failed and are made again per minute") List<@Nullable Double> failed,
        @Schema(description = "From ready to start, half of the jobs waited no longer") List<@Nullable Long> waitP50Ms,
        List<@Nullable Long> waitP99Ms,
        @Schema(description = "Time of an attempt") List<@Nullable Long> runP50Ms,
        List<@Nullable Long> runP99Ms,
        @Schema(description = "The longest wait of a ready job") List<@Nullable Long> oldestWaitMs,
        @Schema(description = "At the end of the step") List<@Nullable Long> waiting,
        @Schema(description = "At the end of the step") List<@Nullable Long> active,
        @Schema(description = "What changed meanwhile, the latest first") List<Mark> marks) {

    static Series of(
            String window, Duration step, Instant from, Instant to, List<QueueFigures> figures, List<Mark> marks) {
        Map<Instant, QueueFigures> byTime =
                figures.stream().collect(Collectors.toMap(QueueFigures::at, one -> one, (one, other) -> one));
        List<Instant> times = new ArrayList<>();
        for (Instant at = from; at.isBefore(to); at = at.plus(step)) {
            times.add(at);
        }
        List<@Nullable QueueFigures> steps = new ArrayList<>(times.size());
        times.forEach(time -> steps.add(byTime.get(time)));
        double seconds = step.toMillis() / 1000.0;
        return new Series(
                window,
                step.toMillis(),
                from,
                to,
                times,
                each(steps, one -> one.enqueued() == null ? null : rounded(one.enqueued() / seconds)),
                each(steps, one -> rounded(one.completed() / seconds)),
                each(steps, one -> rounded(60 * one.died() / seconds)),
                each(steps, one -> rounded(60 * one.failed() / seconds)),
                each(steps, one -> percentile(one.waited(), 0.5)),
                each(steps, one -> percentile(one.waited(), 0.99)),
                each(steps, one -> percentile(one.ran(), 0.5)),
                each(steps, one -> percentile(one.ran(), 0.99)),
                each(steps, one -> one.depth().oldestWaitMs()),
                each(steps, one -> one.depth().waiting()),
                each(steps, one -> one.depth().active()),
                marks);
    }

    private static <T> List<@Nullable T> each(
            List<@Nullable QueueFigures> steps, Function<QueueFigures, @Nullable T> value) {
        List<@Nullable T> values = new ArrayList<>(steps.size());
        for (QueueFigures step : steps) {
            values.add(step == null ? null : value.apply(step));
        }
        return values;
    }

    private static @Nullable Long percentile(Histogram times, double share) {
        OptionalLong ms = times.percentile(share);
        return ms.isPresent() ? ms.getAsLong() : null;
    }

    static double rounded(double value) {
        return Math.round(value * 100) / 100.0;
    }
}
