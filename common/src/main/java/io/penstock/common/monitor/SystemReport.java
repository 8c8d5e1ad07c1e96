package io.penstock.common.monitor;

import io.penstock.common.cache.CacheAdvice.Advice;
import io.penstock.common.report.PerformanceReport;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;

/**
 * How the system was over a range of time. Made when it is asked for; not stored.
 *
 * @param begins the time it is about, to before {@code ends}
 * @param recommendations what the figures suggest to do
 */
@RegisterForReflection
public record SystemReport(
        Instant createdAt,
        Instant begins,
        Instant ends,
        Summary summary,
        List<HealthLine> health,
        Performance performance,
        List<AlertLine> alerts,
        List<Advice> recommendations,
        List<Trend> trends) {

    /**
     * The whole in a few words.
     *
     * @param status healthy, warning or critical
     * @param text sentences, the most important first
     */
    @RegisterForReflection
    public record Summary(
            String status,
            List<String> text,
            long jobsCompleted,
            long attemptsFailed,
            long batchesEnded,
            long alertsRaised,
            long alertsOpen) {}

    /**
     * One part that is checked.
     *
     * @param status at the last check
     * @param upShare of the checks in the range that found it up; 1 where there was none
     */
    @RegisterForReflection
    public record HealthLine(
            String part, String status, long checks, double upShare, double meanMillis, String detail) {}

    /**
     * What was done, and how fast.
     *
     * @param figures of the workloads
     */
    @RegisterForReflection
    public record Performance(
            PerformanceReport queuesAndCaches,
            List<PoolPeriod> pools,
            List<AnswerPeriod> slowestAnswers,
            List<BatchLine> batches,
            List<Figure> figures) {}

    /** Batches of one type that ended in the range. */
    @RegisterForReflection
    public record BatchLine(
            String type,
            long batches,
            long itemsCompleted,
            long itemsFailed,
            long itemsSkipped,
            double itemsPerSecond) {}

    /** A figure of a workload. */
    @RegisterForReflection
    public record Figure(String workload, String name, double value, String unit) {}

    /** An alert that was raised in the range, or that was open in it. */
    @RegisterForReflection
    public record AlertLine(
            String subject, String severity, String state, String summary, Instant raisedAt, Instant changedAt) {}

    /**
     * How a figure went.
     *
     * @param direction rising, falling or steady: the second half of the range against the first
     * @param change that, as a share of the first half; 0.5: half as much again
     */
    @RegisterForReflection
    public record Trend(String name, String unit, String direction, double change, List<Point> points) {}

    @RegisterForReflection
    public record Point(Instant at, double value) {}
}
