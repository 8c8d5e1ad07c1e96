package io.penstock.common.maintenance;

import io.penstock.common.maintenance.HealthReport.Part;
import io.penstock.common.maintenance.HealthReport.Status;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The results of health checks, kept for a while. */
@ApplicationScoped
public class HealthReportStore {

    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private static final String SAVE =
            """
            INSERT INTO health_check (checked_at, status, parts, finished)
            VALUES ($1::timestamptz, $2, $3::text::jsonb, $4::text::jsonb)
            """;

    private static final String LIST =
            """
            SELECT checked_at, parts::text AS parts, finished::text AS finished FROM health_check
            WHERE checked_at < $1::timestamptz ORDER BY checked_at DESC, id DESC LIMIT $2
            """;

    private static final String FORGET =
            """
            DELETE FROM health_check WHERE id IN (
                SELECT id FROM health_check
                WHERE checked_at < clock_timestamp() - $1 * interval '1 second' LIMIT 1000)
            """;

    private static final String FORGET_SOME =
            """
            DELETE FROM health_check WHERE id IN (
                SELECT id FROM health_check WHERE checked_at < $1::timestamptz ORDER BY checked_at LIMIT $2)
            """;

    private static final Instant ANY_TIME = Instant.parse("9999-12-31T23:59:59Z");

    private final Pool pool;

    public HealthReportStore(Pool pool) {
        this.pool = pool;
    }

    public Uni<Void> save(HealthReport report) {
        JsonArray parts = new JsonArray();
        report.parts()
                .forEach(part -> parts.add(new JsonObject()
                        .put("name", part.name())
                        .put("status", part.status().code())
                        .put("detail", part.detail().replace('\0', ' '))
                        .put("ms", part.millis())));
        JsonObject finished = new JsonObject();
        report.finished().forEach(finished::put);
        return query(
                        SAVE,
                        Tuple.of(
                                report.checkedAt().atOffset(ZoneOffset.UTC),
                                report.status().code(),
                                parts.encode(),
                                finished.encode()))
                .replaceWithVoid();
    }

    /** The latest result; empty before the first. */
    public Uni<Optional<HealthReport>> latest() {
        return list(ANY_TIME, 1).map(reports -> reports.stream().findFirst());
    }

    /** Results of before some time, the latest first. */
    public Uni<List<HealthReport>> list(Instant before, int most) {
        return query(LIST, Tuple.of(before.atOffset(ZoneOffset.UTC), most))
                .map(rows -> rows.stream().map(HealthReportStore::report).toList());
    }

    /** Drops results that are older, a thousand at most. */
    public Uni<Void> forget(Duration age) {
        return query(FORGET, Tuple.of((double) age.toSeconds())).replaceWithVoid();
    }

    /** Drops results of before some time, {@code most} at most; answers how many. */
    public Uni<Integer> forget(Instant before, int most) {
        return query(FORGET_SOME, Tuple.of(before.atOffset(ZoneOffset.UTC), most))
                .map(RowSet::rowCount);
    }

    private Uni<RowSet<Row>> query(String statement, Tuple parameters) {
        return pool.preparedQuery(statement)
                .execute(parameters)
                .ifNoItem()
                .after(DEADLINE)
                .fail();
    }

    private static HealthReport report(Row row) {
        List<Part> parts = new ArrayList<>();
        for (Object entry : new JsonArray(row.getString("parts"))) {
            JsonObject part = (JsonObject) entry;
            parts.add(new Part(
                    part.getString("name"),
                    Status.ofCode(part.getString("status")),
                    part.getString("detail"),
                    part.getLong("ms")));
        }
        Map<String, Long> finished = new HashMap<>();
        JsonObject counts = new JsonObject(row.getString("finished"));
        counts.fieldNames().forEach(queue -> finished.put(queue, counts.getLong(queue)));
        return new HealthReport(row.getOffsetDateTime("checked_at").toInstant(), parts, finished);
    }
}
