package io.penstock.common.products;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
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
