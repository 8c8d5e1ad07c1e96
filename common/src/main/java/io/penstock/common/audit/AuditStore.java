package io.penstock.common.audit;

import io.penstock.common.history.StorableText;
import io.penstock.common.partition.DayPartitions;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.pgclient.PgException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code audit_log}. It takes rows and loses whole days; triggers of the database refuse everything else, to this program too.
 */
@ApplicationScoped
public class AuditStore {

    /** Version of the rows' meaning. */
    static final int FORMAT = 1;

    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final Duration QUESTION_DEADLINE = Duration.ofSeconds(4);
    private static final int MAX_TEXT = 300;
    private static final int MAX_JSON = 16_384;

    /** SQLSTATE check_violation: the table has none of its own, so that it can only be the missing day. */
    private static final String NO_PARTITION = "23514";

    private static final String CANCELED = "57014";

    /** Writing an entry again changes nothing. */
    private static final String APPEND =
            """
            INSERT INTO audit_log (at, id, format, actor_id, actor, actor_kind, role, action, target, outcome, status, before,
                after, address, user_agent)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::text::jsonb, $13::text::jsonb, $14, $15)
            ON CONFLICT DO NOTHING""";

    /** A statement's trigger does not come with the table that a day belongs to. */
    private static final String GUARD_DAYS =
            """
            DO $$ DECLARE day regclass;
            BEGIN
                PERFORM pg_advisory_xact_lock(hashtext('penstock.audit_log'));
                FOR day IN
                    SELECT i.inhrelid::regclass FROM pg_inherits i WHERE i.inhparent = 'audit_log'::regclass
                    AND NOT EXISTS (
                        SELECT 1 FROM pg_trigger t WHERE t.tgrelid = i.inhrelid AND t.tgname = 'audit_log_no_truncate')
                LOOP
                    EXECUTE format('CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON %s'
                        || ' FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()', day);
                END LOOP;
            END $$""";

    private static final String FIND =
            """
            SELECT at, id, actor_id, actor, actor_kind, role, action, target, outcome, status, before::text AS before,
                after::text AS after, address, user_agent
            FROM audit_log WHERE %s ORDER BY at DESC, id DESC LIMIT %d""";

    private final Pool pool;
    private final DayPartitions partitions;

    @Inject
    public AuditStore(Pool pool) {
        this.pool = pool;
        this.partitions = new DayPartitions(pool, "audit_log", day -> day + " 00:00:00+00");
    }

    /**
     * Entries, latest first.
     *
     * @param nextCursor for {@link AuditQuery#next}; null: there are no more
     */
    public record Page(List<AuditEntry> entries, @Nullable String nextCursor) {}

    /** Adds an entry; a day that has no partition yet gets one. */
    public Uni<Void> append(AuditEntry entry) {
        Tuple row = row(entry);
        return insert(row)
                .onFailure(failure -> failure instanceof PgException e && NO_PARTITION.equals(e.getSqlState()))
                .recoverWithUni(() -> ensure(List.of(LocalDate.ofInstant(entry.at(), ZoneOffset.UTC)))
                        .chain(() -> insert(row)));
    }

    /** Creates the days that are missing. */
    public Uni<Void> ensure(List<LocalDate> days) {
        return partitions.ensure(days).chain(() -> pool.query(GUARD_DAYS)
                .execute()
                .ifNoItem()
                .after(DEADLINE)
                .fail()
                .replaceWithVoid());
    }

    /**
     * Drops the days before this one.
     *
     * @return the days that were dropped
     */
    public Uni<List<LocalDate>> dropBefore(LocalDate first) {
        return partitions.dropBefore(first);
    }

    /** Answers within some seconds or fails with {@link AuditTooWideException}. */
    public Uni<Page> find(AuditQuery query) {
        List<String> conditions = new ArrayList<>();
        List<Object> values = new ArrayList<>();
        and(conditions, values, "at >= ?", query.from().atOffset(ZoneOffset.UTC));
        // Days that lie behind the place are not looked at again.
        Instant to = query.after()
                .map(place -> place.at().plus(1, ChronoUnit.MICROS))
                .orElse(query.to());
        and(conditions, values, "at < ?", to.atOffset(ZoneOffset.UTC));
        query.after()
                .ifPresent(place ->
                        and(conditions, values, "(at, id) < (?, ?)", place.at().atOffset(ZoneOffset.UTC), place.id()));
        AuditQuery.Filter filter = query.filter();
        filter.actor().ifPresent(actor -> and(conditions, values, "(actor_id = ? OR actor = ?)", actor, actor));
        filter.action()
                .ifPresent(action -> and(
                        conditions,
                        values,
                        action.endsWith("*") ? "starts_with(action, ?)" : "action = ?",
                        action.endsWith("*") ? action.substring(0, action.length() - 1) : action));
        filter.target().ifPresent(target -> and(conditions, values, "target = ?", target));
        filter.outcome().ifPresent(outcome -> and(conditions, values, "outcome = ?", outcome));
        filter.address().ifPresent(address -> and(conditions, values, "address = ?", address));
        String sql = FIND.formatted(String.join(" AND ", conditions), query.limit() + 1);
        return pool.withTransaction(connection -> connection
                        .query("SET LOCAL statement_timeout = " + QUESTION_DEADLINE.toMillis())
                        .execute()
                        .chain(() -> connection.preparedQuery(sql).execute(Tuple.from(values))))
                .onFailure(failure -> failure instanceof PgException e && CANCELED.equals(e.getSqlState()))
                .transform(failure -> new AuditTooWideException(QUESTION_DEADLINE))
                .map(rows -> rows.stream().map(AuditStore::entry).toList())
                .map(found -> page(query, found));
    }

    /** @param condition with a question mark for each value, which travel apart */
    private static void and(List<String> conditions, List<Object> values, String condition, Object... more) {
        String numbered = condition;
        for (Object value : more) {
            values.add(value);
            numbered = numbered.replaceFirst("\\?", "\\$" + values.size());
        }
        conditions.add(numbered);
    }

    /** One entry more than the page was asked for: it tells that there is a next page. */
    private static Page page(AuditQuery query, List<AuditEntry> found) {
        if (found.size() <= query.limit()) {
            return new Page(found, null);
        }
        List<AuditEntry> page = found.subList(0, query.limit());
        return new Page(page, query.cursor(page.get(page.size() - 1)));
    }

    private Uni<Void> insert(Tuple row) {
        return pool.preparedQuery(APPEND)
                .execute(row)
                .ifNoItem()
                .after(DEADLINE)
                .fail()
                .replaceWithVoid();
    }

    private static Tuple row(AuditEntry entry) {
        return Tuple.tuple()
                .addOffsetDateTime(entry.at().atOffset(ZoneOffset.UTC))
                .addUUID(entry.id())
                .addShort((short) FORMAT)
                .addString(text(entry.actor().id()))
                .addString(text(entry.actor().name()))
                .addString(entry.actor().kind())
                .addString(entry.role())
                .addString(text(entry.action()))
                .addString(text(entry.target()))
                .addString(entry.outcome().wire())
                .addShort((short) entry.status())
                .addString(json(entry.before()))
                .addString(json(entry.after()))
                .addString(text(entry.address()))
                .addString(text(entry.userAgent()));
    }

    private static @Nullable String text(@Nullable String raw) {
        return raw == null ? null : StorableText.text(raw, MAX_TEXT);
    }

    private static @Nullable String json(@Nullable String raw) {
        return raw == null ? null : StorableText.json(raw, MAX_JSON);
    }

    private static AuditEntry entry(Row row) {
        String outcome = row.getString("outcome");
        AuditEntry.Outcome known = AuditEntry.Outcome.FAILED;
        for (AuditEntry.Outcome each : AuditEntry.Outcome.values()) {
            if (each.wire().equals(outcome)) {
                known = each;
            }
        }
        UUID id = row.getUUID("id");
        return new AuditEntry(
                row.getOffsetDateTime("at").toInstant(),
                id,
                new AuditEntry.Actor(row.getString("actor_id"), row.getString("actor"), row.getString("actor_kind")),
                row.getString("role"),
                row.getString("action"),
                row.getString("target"),
                known,
                row.getShort("status"),
                row.getString("before"),
                row.getString("after"),
                row.getString("address"),
                row.getString("user_agent"));
    }
}
