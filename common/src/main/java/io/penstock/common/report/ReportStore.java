package io.penstock.common.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The reports, as they were made. */
@ApplicationScoped
public class ReportStore {

    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private static final String SAVE =
            """
            INSERT INTO performance_report (id, created_at, begins_at, ends_at, advice, content)
            VALUES ($1, $2, $3, $4, $5, $6::text::jsonb) ON CONFLICT (id) DO NOTHING
            """;

    private static final String LIST =
            """
            SELECT id, created_at, begins_at, ends_at, advice FROM performance_report
            WHERE created_at < $1 ORDER BY created_at DESC, id LIMIT $2
            """;

    private static final String FIND = "SELECT content::text AS content FROM performance_report WHERE id = $1";

    private static final String FORGET =
            "DELETE FROM performance_report WHERE created_at < clock_timestamp() - $1 * interval '1 second'";

    private final Pool pool;
    /** Of its own: what is stored stays readable whatever becomes of the mapper of the API. */
    private final ObjectMapper mapper = new ObjectMapper()
            .registerModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    public ReportStore(Pool pool) {
        this.pool = pool;
    }

    /** Storing it twice is the same as once. */
    public Uni<Void> save(PerformanceReport report) {
        return pool.preparedQuery(SAVE)
                .execute(Tuple.tuple()
                        .addUUID(report.id())
                        .addOffsetDateTime(report.createdAt().atOffset(ZoneOffset.UTC))
                        .addOffsetDateTime(report.begins().atOffset(ZoneOffset.UTC))
                        .addOffsetDateTime(report.ends().atOffset(ZoneOffset.UTC))
                        .addInteger(report.advice().size())
                        .addString(json(report)))
                .ifNoItem()
                .after(DEADLINE)
                .fail()
                .replaceWithVoid();
    }

    /** Reports made before some time, the latest first. */
    public Uni<List<PerformanceReport.Summary>> list(Instant before, int most) {
        return pool.preparedQuery(LIST)
                .execute(Tuple.of(before.atOffset(ZoneOffset.UTC), most))
                .ifNoItem()
                .after(DEADLINE)
                .fail()
                .map(rows -> {
                    List<PerformanceReport.Summary> found = new ArrayList<>();
                    rows.forEach(row -> found.add(new PerformanceReport.Summary(
                            row.getUUID("id"),
                            row.getOffsetDateTime("created_at").toInstant(),
                            row.getOffsetDateTime("begins_at").toInstant(),
                            row.getOffsetDateTime("ends_at").toInstant(),
                            row.getInteger("advice"))));
                    return found;
                });
    }

    public Uni<Optional<PerformanceReport>> find(UUID id) {
        return pool.preparedQuery(FIND)
                .execute(Tuple.of(id))
                .ifNoItem()
                .after(DEADLINE)
                .fail()
                .map(rows -> {
                    for (var row : rows) {
                        return Optional.of(report(row.getString("content")));
                    }
                    return Optional.empty();
                });
    }

    /** Drops reports that are older. */
    public Uni<Void> forget(Duration age) {
        return pool.preparedQuery(FORGET)
                .execute(Tuple.of((double) age.toSeconds()))
                .ifNoItem()
                .after(DEADLINE)
                .fail()
                .replaceWithVoid();
    }

    private String json(PerformanceReport report) {
        try {
            return mapper.writeValueAsString(report);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a report is plain data", e);
        }
    }

    private PerformanceReport report(String content) {
        try {
            return mapper.readValue(content, PerformanceReport.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the report was stored in another form", e);
        }
    }
}
