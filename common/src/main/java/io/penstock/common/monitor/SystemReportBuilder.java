package io.penstock.common.monitor;

import io.penstock.common.alert.Alert;
import io.penstock.common.alert.AlertStore;
import io.penstock.common.alert.Severity;
import io.penstock.common.cache.CacheAdvice.Advice;
import io.penstock.common.figures.FiguresStore;
import io.penstock.common.figures.QueueFigures;
import io.penstock.common.health.HealthProbe;
import io.penstock.common.monitor.SystemReport.AlertLine;
import io.penstock.common.monitor.SystemReport.BatchLine;
import io.penstock.common.monitor.SystemReport.Figure;
import io.penstock.common.monitor.SystemReport.HealthLine;
import io.penstock.common.monitor.SystemReport.Performance;
import io.penstock.common.monitor.SystemReport.Point;
import io.penstock.common.monitor.SystemReport.Summary;
import io.penstock.common.monitor.SystemReport.Trend;
import io.penstock.common.pool.DatabasePools;
import io.penstock.common.pool.PoolHealth;
import io.penstock.common.report.QueuePeriod;
import io.penstock.common.report.ReportBuilder;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.ToDoubleFunction;

/** Makes a {@link SystemReport} of what has been measured. Its questions about long ranges go to the pool for analyses. */
@ApplicationScoped
public class SystemReportBuilder {

    /** As long as samples are kept. */
    public static final Duration LONGEST = Duration.ofDays(7);

    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final Duration PROBE_WITHIN = Duration.ofSeconds(5);
    private static final int MOST_ALERTS = 1_000;
    private static final int SLOWEST = 10;
    private static final Duration FINE_UNTIL = Duration.ofHours(20);

    private static final String HEALTH =
            """
            SELECT part->>'name' AS name, (array_agg(part->>'status' ORDER BY checked_at DESC))[1] AS status,
                (array_agg(part->>'detail' ORDER BY checked_at DESC))[1] AS detail, count(*) AS checks,
                avg((part->>'status' = 'up')::int)::float8 AS up, avg((part->>'ms')::float8) AS ms
            FROM health_check, jsonb_array_elements(parts) AS part
            WHERE checked_at >= $1 AND checked_at < $2 GROUP BY 1 ORDER BY 1
            """;

    private static final String BATCHES =
            """
            SELECT type, count(*) AS batches, sum(completed)::bigint AS completed, sum(failed)::bigint AS failed,
                sum(skipped)::bigint AS skipped,
                coalesce(sum(extract(epoch FROM finished_at - coalesce(started_at, created_at))), 0)::float8 AS seconds
            FROM batch_operations WHERE finished_at >= $1 AND finished_at < $2 GROUP BY type ORDER BY type
            """;

    private static final String PEAKS =
            """
            SELECT sampled_at, 100 * peak::float8 / size AS share FROM pool_sample
            WHERE sampled_at >= $1 AND sampled_at < $2 ORDER BY sampled_at LIMIT 100000
            """;

    private static final String TIMES =
            """
            SELECT date_trunc('minute', sampled_at) AS at, sum(millis)::float8 / sum(answers) AS mean FROM answer_sample
            WHERE sampled_at >= $1 AND sampled_at < $2 GROUP BY 1 ORDER BY 1
            """;

    private final DatabasePools pools;
    private final ReportBuilder performance;
    private final SampleStore samples;
    private final AlertStore alerts;
    private final FiguresStore figures;
    private final List<HealthProbe> probes;
    private final List<ReportFigures> workloads;
    private final InstantSource clock = InstantSource.system();

    @Inject
    SystemReportBuilder(
            DatabasePools pools,
            ReportBuilder performance,
            SampleStore samples,
            AlertStore alerts,
            FiguresStore figures,
            @Any Instance<HealthProbe> probes,
            @Any Instance<ReportFigures> workloads) {
        this.pools = pools;
        this.performance = performance;
        this.samples = samples;
        this.alerts = alerts;
        this.figures = figures;
        this.probes = probes.stream().filter(HealthProbe::isOn).toList();
        this.workloads = workloads.stream().toList();
    }

    /** What was measured, as it goes into a report. */
    private record Measured(List<HealthLine> checks, List<HealthLine> probed, Performance performance) {}

    /**
     * Measures and judges a range.
     *
     * @param ends at most {@link #LONGEST} after {@code begins}
     */
    public Uni<SystemReport> build(Instant begins, Instant ends) {
        Uni<Measured> measured = Uni.combine()
                .all()
                .unis(rows(HEALTH, begins, ends, SystemReportBuilder::healthLine), probed(), performance(begins, ends))
                .with(Measured::new);
        return Uni.combine()
                .all()
                .unis(measured, alerts.list(MOST_ALERTS), trends(begins, ends))
                .with((what, raised, trends) -> report(begins, ends, what, raised, trends));
    }

    private Uni<Performance> performance(Instant begins, Instant ends) {
        return Uni.combine()
                .all()
                .unis(
                        performance.build(UUID.randomUUID(), begins, ends),
                        samples.pools(begins, ends),
                        samples.answers(begins, ends),
                        rows(BATCHES, begins, ends, SystemReportBuilder::batchLine),
                        ofWorkloads(begins, ends))
                .with((report, used, answers, batches, own) -> new Performance(
                        report, used, answers.size() <= SLOWEST ? answers : answers.subList(0, SLOWEST), batches, own));
    }

    private Uni<List<Trend>> trends(Instant begins, Instant ends) {
        Duration step = Duration.between(begins, ends).compareTo(FINE_UNTIL) <= 0
                ? Duration.ofMinutes(1)
                : Duration.ofMinutes(10);
        return Uni.combine()
                .all()
                .unis(
                        figures.of("", step, begins, ends),
                        rows(PEAKS, begins, ends, row -> point(row, "sampled_at", "share")),
                        rows(TIMES, begins, ends, row -> point(row, "at", "mean")))
                .with((queues, peaks, times) -> List.of(
                        trend("jobs completed", "jobs", begins, ends, queues, QueueFigures::completed, true),
                        trend("attempts failed", "attempts", begins, ends, queues, QueueFigures::failed, true),
                        trend(
                                "jobs waiting",
                                "jobs",
                                begins,
                                ends,
                                queues,
                                each -> each.depth().waiting(),
                                false),
                        Trends.of("pool use", "%", begins, ends, peaks, false),
                        Trends.of("answer time", "ms", begins, ends, times, false)));
    }

    private static Trend trend(
            String name,
            String unit,
            Instant begins,
            Instant ends,
            List<QueueFigures> queues,
            ToDoubleFunction<QueueFigures> value,
            boolean sum) {
        List<Point> points = queues.stream()
                .map(each -> new Point(each.at(), value.applyAsDouble(each)))
                .toList();
        return Trends.of(name, unit, begins, ends, points, sum);
    }

    /** What this process can ask itself, such as its template engine. */
    private Uni<List<HealthLine>> probed() {
        return probes.isEmpty()
                ? Uni.createFrom().item(List.of())
                : Uni.join()
                        .all(probes.stream().map(SystemReportBuilder::ask).toList())
                        .andFailFast();
    }

    private static Uni<HealthLine> ask(HealthProbe probe) {
        return Uni.createFrom().deferred(() -> {
            long begin = System.nanoTime();
            return Uni.createFrom()
                    .deferred(probe::check)
                    .ifNoItem()
                    .after(probe.answerWithin().orElse(PROBE_WITHIN))
                    .fail()
                    .onFailure()
                    .retry()
                    .atMost(probe.tries() - 1L)
                    .map(found -> line(probe, found.isEmpty() ? "up" : "degraded", String.join("; ", found), begin))
                    .onFailure()
                    .recoverWithItem(failure -> line(
                            probe,
                            probe.isCritical() ? "down" : "degraded",
                            "does not answer: " + failure.getClass().getSimpleName(),
                            begin));
        });
    }

    private static HealthLine line(HealthProbe probe, String status, String detail, long begin) {
        double millis = (System.nanoTime() - begin) / 1e6;
        return new HealthLine(probe.name(), status, 1, status.equals("up") ? 1 : 0, millis, detail);
    }

    private Uni<List<Figure>> ofWorkloads(Instant begins, Instant ends) {
        return workloads.isEmpty()
                ? Uni.createFrom().item(List.of())
                : Uni.join()
                        .all(workloads.stream()
                                .map(each -> each.between(begins, ends)
                                        .ifNoItem()
                                        .after(DEADLINE)
                                        .fail()
                                        .onFailure()
                                        .recoverWithItem(List.of()))
                                .toList())
                        .andFailFast()
                        .map(all -> all.stream().flatMap(List::stream).toList());
    }

    private SystemReport report(
            Instant begins, Instant ends, Measured measured, List<Alert> raised, List<Trend> trends) {
        List<AlertLine> lines = raised.stream()
                .filter(alert -> alert.raisedAt().isBefore(ends)
                        && (alert.raised() || !alert.changedAt().isBefore(begins)))
                .map(SystemReportBuilder::alertLine)
                .toList();
        List<HealthLine> health = new ArrayList<>(measured.checks());
        measured.probed().stream()
                .filter(each -> measured.checks().stream()
                        .noneMatch(known -> known.part().equals(each.part())))
                .forEach(health::add);
        return new SystemReport(
                clock.instant(),
                begins,
                ends,
                summary(health, measured.performance(), lines, begins),
                health,
                measured.performance(),
                lines,
                advice(measured.performance(), trends),
                trends);
    }

    static Summary summary(List<HealthLine> health, Performance performance, List<AlertLine> alerts, Instant begins) {
        long open =
                alerts.stream().filter(alert -> alert.state().equals("raised")).count();
        boolean critical = health.stream().anyMatch(each -> each.status().equals("down"))
                || alerts.stream()
                        .anyMatch(alert -> alert.state().equals("raised")
                                && alert.severity().equals(Severity.CRITICAL.code()));
        boolean warned =
                open > 0 || health.stream().anyMatch(each -> each.status().equals("degraded"));
        PoolHealth status = critical ? PoolHealth.CRITICAL : warned ? PoolHealth.WARNING : PoolHealth.HEALTHY;
        List<String> text = new ArrayList<>();
        health.stream()
                .filter(each -> !each.status().equals("up"))
                .forEach(each -> text.add(
                        each.part() + " is " + each.status() + (each.detail().isEmpty() ? "" : ": " + each.detail())));
        if (open > 0) {
            text.add(open + (open == 1 ? " alert is" : " alerts are") + " open");
        }
        List<QueuePeriod> queues = performance.queuesAndCaches().queues();
        long completed = queues.stream().mapToLong(QueuePeriod::completed).sum();
        long failed = queues.stream().mapToLong(QueuePeriod::failed).sum();
        text.add(completed + " jobs completed, " + failed + " attempts failed");
        return new Summary(
                status.wire(),
                text,
                completed,
                failed,
                performance.batches().stream().mapToLong(BatchLine::batches).sum(),
                alerts.stream()
                        .filter(alert -> !alert.raisedAt().isBefore(begins))
                        .count(),
                open);
    }

    private static List<Advice> advice(Performance performance, List<Trend> trends) {
        List<Advice> all = new ArrayList<>(performance.queuesAndCaches().advice());
        for (PoolPeriod pool : performance.pools()) {
            if (pool.peakShare() > PoolHealth.CRITICAL_SHARE) {
                all.add(new Advice(
                        "pool/" + pool.pool(),
                        "up to " + pool.peak() + " callers at once for " + pool.size() + " connections",
                        "raise its size, or look for what holds connections for long",
                        "/api/pools"));
            }
        }
        for (BatchLine batch : performance.batches()) {
            long items = batch.itemsCompleted() + batch.itemsFailed();
            if (items >= 20 && batch.itemsFailed() * 10 > items) {
                all.add(new Advice(
                        "batch/" + batch.type(),
                        batch.itemsFailed() + " of " + items + " items failed",
                        "look at the errors by kind; retry what failed once the cause is gone",
                        "/api/batches?type=" + batch.type()));
            }
        }
        for (Trend trend : trends) {
            if (trend.name().equals("jobs waiting") && trend.direction().equals("rising") && trend.change() >= 1) {
                all.add(new Advice(
                        "queues",
                        "twice as many jobs waited in the second half as in the first",
                        "more comes than is worked off: add workers before the bound is met",
                        "/api/queues"));
            }
        }
        return all;
    }

    private <T> Uni<List<T>> rows(String statement, Instant begins, Instant ends, RowReader<T> reader) {
        return pools.analytics(pool -> pool.preparedQuery(statement)
                .execute(Tuple.of(begins.atOffset(ZoneOffset.UTC), ends.atOffset(ZoneOffset.UTC)))
                .ifNoItem()
                .after(DEADLINE)
                .fail()
                .map(rows -> {
                    List<T> found = new ArrayList<>();
                    rows.forEach(row -> found.add(reader.read(row)));
                    return found;
                }));
    }

    private interface RowReader<T> {
        T read(Row row);
    }

    private static HealthLine healthLine(Row row) {
        return new HealthLine(
                row.getString("name"),
                row.getString("status"),
                row.getLong("checks"),
                row.getDouble("up"),
                row.getDouble("ms"),
                row.getString("detail"));
    }

    private static BatchLine batchLine(Row row) {
        double seconds = row.getDouble("seconds");
        long items = row.getLong("completed") + row.getLong("failed") + row.getLong("skipped");
        return new BatchLine(
                row.getString("type"),
                row.getLong("batches"),
                row.getLong("completed"),
                row.getLong("failed"),
                row.getLong("skipped"),
                seconds <= 0 ? 0 : items / seconds);
    }

    private static Point point(Row row, String time, String value) {
        return new Point(row.getOffsetDateTime(time).toInstant(), row.getDouble(value));
    }

    private static AlertLine alertLine(Alert alert) {
        return new AlertLine(
                alert.subject(),
                alert.severity().code(),
                alert.raised() ? "raised" : "recovered",
                alert.summary(),
                alert.raisedAt(),
                alert.changedAt());
    }
}
