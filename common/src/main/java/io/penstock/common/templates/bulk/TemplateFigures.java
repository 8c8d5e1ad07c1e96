package io.penstock.common.templates.bulk;

import io.penstock.common.alert.Finding;
import io.penstock.common.alert.Severity;
import io.penstock.common.monitor.AlertRule;
import io.penstock.common.monitor.Judgement;
import io.penstock.common.monitor.ReportFigures;
import io.penstock.common.monitor.SystemReport.Figure;
import io.penstock.common.pool.DatabasePools;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * What happened to templates in bulk, for reports, and whether too many creations fail, for alerts. Both are read from the batches, which count
 * exactly.
 */
@ApplicationScoped
public class TemplateFigures implements AlertRule, ReportFigures {

    static final String SUBJECT = "templates/creation-failures";
    /** A share of less says nothing. */
    static final long ENOUGH = 20;

    private static final String CREATIONS =
            """
            SELECT coalesce(sum(completed), 0)::bigint AS made, coalesce(sum(failed), 0)::bigint AS failed
            FROM batch_operations WHERE type = 'templates.create' AND updated_at >= now() - interval '1 hour'
                AND id >= $1
            """;

    private static final String BETWEEN =
            """
            SELECT type, coalesce(sum(completed), 0)::bigint AS completed, coalesce(sum(failed), 0)::bigint AS failed,
                coalesce(sum(skipped), 0)::bigint AS skipped,
                coalesce(sum((result ->> 'merged')::bigint), 0)::bigint AS merged,
                coalesce(sum((result ->> 'overridden')::bigint), 0)::bigint AS overridden
            FROM batch_operations WHERE type = ANY ($3) AND created_at >= $1 AND created_at < $2 GROUP BY type ORDER BY type
            """;

    private final Pool pool;
    private final DatabasePools pools;
    private final TemplateBulkConfig config;

    @Inject
    public TemplateFigures(Pool pool, DatabasePools pools, TemplateBulkConfig config) {
        this.pool = pool;
        this.pools = pools;
        this.config = config;
    }

    @Override
    public String name() {
        return "template-creation-failures";
    }

    @Override
    public Uni<List<Finding>> judge() {
        // Ids of batches begin with the time of their making: batches older than a day have long ended.
        UUID dayAgo = new UUID((System.currentTimeMillis() - 86_400_000L) << 16, 0);
        return pool.preparedQuery(CREATIONS)
                .execute(Tuple.of(dayAgo))
                .map(rows -> rows.iterator().next())
                .map(row -> of(row.getLong("made"), row.getLong("failed"), config.maxCreationFailures()));
    }

    static List<Finding> of(long made, long failed, double bound) {
        long all = made + failed;
        double share = all < ENOUGH ? 0 : (double) failed / all;
        return Judgement.of(
                SUBJECT,
                Severity.WARNING,
                share,
                bound,
                String.format(
                        Locale.ROOT,
                        "%d of %d templates could not be created within the last hour, the bound is %.0f %%",
                        failed,
                        all,
                        bound * 100));
    }

    @Override
    public Uni<List<Figure>> between(Instant from, Instant to) {
        OffsetDateTime begin = from.atOffset(ZoneOffset.UTC);
        OffsetDateTime end = to.atOffset(ZoneOffset.UTC);
        return pools.analytics(analytics -> analytics
                .preparedQuery(BETWEEN)
                .execute(Tuple.of(begin, end, TemplateBatches.ALL.toArray(String[]::new)))
                .map(rows -> rows.stream()
                        .flatMap(row -> {
                            String type = row.getString("type");
                            return List.of("completed", "failed", "skipped", "merged", "overridden").stream()
                                    .map(name -> new Figure(
                                            "templates",
                                            type.substring(type.indexOf('.') + 1) + ", " + name,
                                            (double) row.getLong(name),
                                            "templates"));
                        })
                        .toList()));
    }
}
