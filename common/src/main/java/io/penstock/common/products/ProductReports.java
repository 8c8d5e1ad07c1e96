package io.penstock.common.products;

import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reports of analyses, with their suggestions. */
@ApplicationScoped
public class ProductReports {

    private static final String ADD =
            """
            INSERT INTO product_report (kind, user_id, group_id, tracked_id, written_by, rules_because, model, prompt_version,
                input_tokens, output_tokens, cost, summary, body, job_id)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            ON CONFLICT (job_id) DO NOTHING
            RETURNING id
            """;

    private static final String SUGGEST =
            """
            INSERT INTO product_suggestion (report_id, tracked_id, kind, suggestion, reason, impact, position)
            SELECT $1::bigint, $2::bigint, s.kind, s.suggestion, s.reason, s.impact, s.position
            FROM unnest($3::text[], $4::text[], $5::text[], $6::text[]) WITH ORDINALITY
                AS s (kind, suggestion, reason, impact, position)
            """;

    private static final String COLUMNS =
            """
            r.id, r.kind, r.user_id, r.group_id, r.tracked_id, r.written_by, r.rules_because, r.model, r.prompt_version, r.input_tokens,
            r.output_tokens, r.cost, r.summary, r.body, r.job_id, r.created_at,
            (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', s.kind, 'suggestion', s.suggestion, 'reason', s.reason,
                'impact', s.impact) ORDER BY s.position), '[]') FROM product_suggestion AS s WHERE s.report_id = r.id) AS suggestions
            """;

    private static final String FIND = "SELECT " + COLUMNS + " FROM product_report AS r WHERE r.id = $1";

    private static final String LIST = "SELECT " + COLUMNS
            + " FROM product_report AS r WHERE ($1::text IS NULL OR r.kind = $1) AND ($2::bigint IS NULL OR r.user_id = $2)"
            + " AND ($3::bigint IS NULL OR r.group_id = $3) AND ($4::bigint IS NULL OR r.tracked_id = $4)"
            + " AND ($5::bigint IS NULL OR r.id < $5) ORDER BY r.id DESC LIMIT $6";

    private final Pool pool;

    @Inject
    public ProductReports(Pool pool) {
        this.pool = pool;
    }

    public Uni<Optional<ProductReport>> find(long id) {
        return pool.preparedQuery(FIND)
                .execute(Tuple.of(id))
                .map(rows -> rows.stream().map(ProductReports::report).findFirst());
    }

    /** The latest first. */
    public Uni<List<ProductReport>> list(ProductReport.Filter filter, int most) {
        return pool.preparedQuery(LIST)
                .execute(Tuple.of(
                        filter.kind(), filter.userId(), filter.groupId(), filter.trackedId(), filter.before(), most))
                .map(rows -> rows.stream().map(ProductReports::report).toList());
    }

    private static ProductReport report(Row row) {
        return new ProductReport(
                row.getLong("id"),
                row.getString("kind"),
                row.getLong("user_id"),
                row.getLong("group_id"),
                row.getLong("tracked_id"),
                row.getString("written_by"),
                row.getString("rules_because"),
                row.getString("model"),
                row.getString("prompt_version"),
                row.getInteger("input_tokens"),
                row.getInteger("output_tokens"),
                row.getBigDecimal("cost"),
                row.getString("summary"),
                row.getJsonObject("body"),
                row.getString("job_id"),
                row.getOffsetDateTime("created_at").toInstant(),
                row.getJsonArray("suggestions").stream()
                        .map(each -> suggestion((JsonObject) each))
                        .toList());
    }

    private static NewReport.Suggestion suggestion(JsonObject json) {
        return new NewReport.Suggestion(
                json.getString("kind"),
                json.getString("suggestion"),
                json.getString("reason"),
                json.getString("impact"));
    }

    /** Writes a report with its suggestions; empty where its job has written one before. */
    public Uni<Optional<Long>> add(SqlConnection transaction, NewReport report) {
        List<Object> values = new ArrayList<>();
        values.add(report.kind());
        values.add(report.userId());
        values.add(report.groupId());
        values.add(report.trackedId());
        values.add(report.writtenBy());
        values.add(report.rulesBecause());
        values.add(report.model());
        values.add(report.promptVersion());
        values.add(report.inputTokens());
        values.add(report.outputTokens());
        values.add(report.cost());
        values.add(report.summary());
        values.add(report.body());
        values.add(report.jobId());
        return transaction
                .preparedQuery(ADD)
                .execute(Tuple.from(values))
                .map(rows -> rows.stream().map(row -> row.getLong("id")).findFirst())
                .call(id -> id.isEmpty() || report.suggestions().isEmpty()
                        ? Uni.createFrom().voidItem()
                        : suggest(transaction, id.get(), report));
    }

    private static Uni<Void> suggest(SqlConnection transaction, long reportId, NewReport report) {
        return transaction
                .preparedQuery(SUGGEST)
                .execute(Tuple.of(
                        reportId,
                        report.trackedId(),
                        texts(report, NewReport.Suggestion::kind),
                        texts(report, NewReport.Suggestion::suggestion),
                        texts(report, NewReport.Suggestion::reason),
                        texts(report, NewReport.Suggestion::impact)))
                .replaceWithVoid();
    }

    private static String[] texts(NewReport report, Function<NewReport.Suggestion, String> part) {
        return report.suggestions().stream().map(part).toArray(String[]::new);
    }
}
