package io.penstock.common.alert;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The state of every subject, and the notices that are still to be sent. Times are PostgreSQL's.
 *
 * <p>One statement compares a finding with the stored state, changes it and adds the notices. Where many processes find
 * the same, the row's lock lets one of them see the change; the others find the state as it is already.
 */
@ApplicationScoped
public class AlertStore {

    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private static final String APPLY =
            """
            WITH finding AS (
                SELECT * FROM unnest($1::text[], $2::text[], $3::boolean[], $4::text[])
                    AS f (subject, severity, wrong, summary)
            ), raised AS (
                INSERT INTO alert AS a (subject, severity, state, summary, raised_at, changed_at)
                SELECT f.subject, f.severity, 'raised', f.summary, clock_timestamp(), clock_timestamp()
                FROM finding AS f WHERE f.wrong
                ORDER BY f.subject
                ON CONFLICT (subject) DO UPDATE SET
                    severity = EXCLUDED.severity, state = 'raised', summary = EXCLUDED.summary,
                    raised_at = EXCLUDED.raised_at, changed_at = EXCLUDED.changed_at, times_raised = a.times_raised + 1
                WHERE a.state <> 'raised'
                RETURNING a.subject, a.severity, a.state, a.summary, a.changed_at
            ), recovered AS (
                UPDATE alert AS a SET state = 'recovered', summary = f.summary, changed_at = clock_timestamp()
                FROM finding AS f
                WHERE a.subject = f.subject AND NOT f.wrong AND a.state = 'raised'
                RETURNING a.subject, a.severity, a.state, a.summary, a.changed_at
            ), changed AS (
                SELECT * FROM raised UNION ALL SELECT * FROM recovered
            ), noticed AS (
                INSERT INTO alert_notice (channel, subject, severity, state, summary, noticed_at, due_at)
                SELECT c.name, subject, severity, state, summary, changed_at, changed_at
                FROM changed CROSS JOIN unnest($5::text[]) AS c (name)
                ORDER BY changed_at, subject
            )
            SELECT subject FROM changed
            """;

    private static final String RAISED_AMONG =
            "SELECT subject FROM alert WHERE state = 'raised' AND subject LIKE $1 LIMIT 10000";

    /** Whoever claims puts off first; so a claim that is not kept lapses, and a channel in trouble is left in peace. */
    private static final String CLAIM =
            """
            UPDATE alert_notice AS n SET
                attempts = n.attempts + 1,
                due_at = clock_timestamp()
                    + LEAST(interval '10 minutes', interval '30 seconds' * power(2, LEAST(n.attempts, 10)))
            WHERE n.id IN (
                SELECT p.id FROM alert_notice AS p
                WHERE p.channel = $1 AND p.step = 'pending' AND p.due_at <= clock_timestamp()
                    AND NOT EXISTS (
                        SELECT FROM alert_notice AS later
                        WHERE later.channel = $1 AND later.step = 'pending' AND later.due_at > clock_timestamp())
                ORDER BY p.id LIMIT $2 FOR UPDATE SKIP LOCKED)
            RETURNING n.id, n.subject, n.severity, n.state, n.summary, n.noticed_at
            """;

    private static final String SENT =
            "UPDATE alert_notice SET step = 'sent', last_error = NULL WHERE id = ANY ($1) AND step = 'pending'";

    private static final String FAILED =
            """
            UPDATE alert_notice SET last_error = $2,
                step = CASE WHEN noticed_at < clock_timestamp() - $3 * interval '1 second' THEN 'given_up' ELSE step END
            WHERE id = ANY ($1) AND step = 'pending'
            """;

    private static final String LIST =
            """
            SELECT subject, severity, state, summary, raised_at, changed_at, times_raised FROM alert
            WHERE ($1::text IS NULL OR state = $1) ORDER BY changed_at DESC, subject LIMIT $2
            """;

    private static final String FORGET_NOTICES =
            """
            DELETE FROM alert_notice WHERE id IN (
                SELECT id FROM alert_notice WHERE noticed_at < clock_timestamp() - $1 * interval '1 second' LIMIT $2)
            """;

    private static final String FORGET_ALERTS =
            """
            DELETE FROM alert WHERE subject IN (
                SELECT subject FROM alert
                WHERE state = 'recovered' AND changed_at < clock_timestamp() - $1 * interval '1 second' LIMIT $2)
            """;

    private final Pool pool;

    public AlertStore(Pool pool) {
        this.pool = pool;
    }

    /**
     * Applies findings, of which the last one about a subject counts.
     *
     * @param channels that are to tell of changes
     * @return the subjects whose state changed
     */
    Uni<Set<String>> apply(Collection<Finding> findings, Collection<String> channels) {
        List<Finding> distinct = lastOfEach(findings);
        if (distinct.isEmpty()) {
            return Uni.createFrom().item(Set.of());
        }
        return query(
                        APPLY,
                        Tuple.of(
                                distinct.stream().map(Finding::subject).toArray(String[]::new),
                                distinct.stream().map(f -> f.severity().code()).toArray(String[]::new),
                                distinct.stream().map(Finding::wrong).toArray(Boolean[]::new),
                                distinct.stream()
                                        .map(f -> f.summary().replace('\0', ' '))
                                        .toArray(String[]::new),
                                channels.toArray(String[]::new)))
                .map(AlertStore::subjects);
    }

    /** Of the subjects with this beginning, those that are raised; at most 10,000. */
    public Uni<Set<String>> raised(String beginning) {
        String pattern = beginning.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%";
        return query(RAISED_AMONG, Tuple.of(pattern)).map(AlertStore::subjects);
    }

    /** Takes what is to be sent over a channel, oldest first. Empty while the channel has to wait after a failure. */
    Uni<List<AlertNotice>> claim(String channel, int most) {
        return query(CLAIM, Tuple.of(channel, most)).map(rows -> rows.stream()
                .map(AlertStore::notice)
                .sorted(Comparator.comparingLong(AlertNotice::id))
                .toList());
    }

    Uni<Void> sent(List<AlertNotice> notices) {
        return query(SENT, Tuple.of(ids(notices))).replaceWithVoid();
    }

    /** Notes why claimed notices could not be sent, and gives those up that are too old. */
    Uni<Void> failed(List<AlertNotice> notices, String reason, Duration giveUpAfter) {
        return query(FAILED, Tuple.of(ids(notices), reason.replace('\0', ' '), (double) giveUpAfter.toSeconds()))
                .replaceWithVoid();
    }

    /** All subjects that have ever been raised, the latest change first. */
    public Uni<List<Alert>> list(int most) {
        return query(LIST, Tuple.of(null, most)).map(AlertStore::alerts);
    }

    /** Those that are raised, or those that have recovered, the latest change first. */
    public Uni<List<Alert>> list(boolean raised, int most) {
        return query(LIST, Tuple.of(raised ? "raised" : "recovered", most)).map(AlertStore::alerts);
    }

    /** Drops old notices, and alerts that recovered long ago; what is raised stays. Returns how many rows went. */
    Uni<Integer> forget(Duration keep, int most) {
        Tuple bounds = Tuple.of((double) keep.toSeconds(), most);
        return query(FORGET_NOTICES, bounds)
                .chain(notices -> query(FORGET_ALERTS, bounds).map(alerts -> notices.rowCount() + alerts.rowCount()));
    }

    private Uni<RowSet<Row>> query(String statement, Tuple parameters) {
        return pool.preparedQuery(statement)
                .execute(parameters)
                .ifNoItem()
                .after(DEADLINE)
                .fail();
    }

    private static List<Finding> lastOfEach(Collection<Finding> findings) {
        Map<String, Finding> bySubject = new LinkedHashMap<>();
        findings.forEach(finding -> bySubject.put(finding.subject(), finding));
        return List.copyOf(bySubject.values());
    }

    private static Long[] ids(List<AlertNotice> notices) {
        return notices.stream().map(AlertNotice::id).toArray(Long[]::new);
    }

    private static Set<String> subjects(RowSet<Row> rows) {
        Set<String> subjects = new TreeSet<>();
        rows.forEach(row -> subjects.add(row.getString("subject")));
        return subjects;
    }

    private static AlertNotice notice(Row row) {
        return new AlertNotice(
                row.getLong("id"),
                row.getString("subject"),
                Severity.ofCode(row.getString("severity")),
                row.getString("state").equals("raised"),
                row.getString("summary"),
                time(row, "noticed_at"));
    }

    private static List<Alert> alerts(RowSet<Row> rows) {
        return rows.stream()
                .map(row -> new Alert(
                        row.getString("subject"),
                        Severity.ofCode(row.getString("severity")),
                        row.getString("state").equals("raised"),
                        row.getString("summary"),
                        time(row, "raised_at"),
                        time(row, "changed_at"),
                        row.getLong("times_raised")))
                .toList();
    }

    private static Instant time(Row row, String column) {
        return row.getOffsetDateTime(column).toInstant();
    }
}
