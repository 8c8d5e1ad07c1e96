package io.penstock.common.history;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The days of the table {@code job_history}, a partition each. Any number of processes may create and drop the same days
 * at once: an advisory lock makes them take turns, and who comes second finds the work done.
 */
@ApplicationScoped
public class HistoryPartitions {

    private static final Duration DEADLINE = Duration.ofSeconds(15);
    private static final String PREFIX = "job_history_";
    private static final DateTimeFormatter DAY = DateTimeFormatter.BASIC_ISO_DATE;

    private static final String DAYS =
            """
            SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = 'job_history'::regclass""";

    /** Made apart and then attached, because creating it in place would stop readers and writers of all days. */
    private static final String CREATE =
            """
            DO $$ BEGIN
                PERFORM set_config('lock_timeout', '5s', true);
                PERFORM pg_advisory_xact_lock(hashtext('penstock.job_history'));
                IF to_regclass('job_history_%1$s') IS NULL THEN
                    CREATE TABLE job_history_%1$s (LIKE job_history INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
                    ALTER TABLE job_history ATTACH PARTITION job_history_%1$s
                        FOR VALUES FROM ('%2$s 00:00:00+00') TO ('%3$s 00:00:00+00');
                END IF;
            END $$""";

    /** Stops readers and writers for the moment it takes; where it cannot have that within a second, it leaves it for later. */
    private static final String DROP =
            """
            DO $$ BEGIN
                PERFORM set_config('lock_timeout', '1s', true);
                PERFORM pg_advisory_xact_lock(hashtext('penstock.job_history'));
                DROP TABLE IF EXISTS job_history_%1$s;
            END $$""";

    private static final String FORGET_GROUPS =
            """
            DELETE FROM job_error_group WHERE (fingerprint, type) IN (
                SELECT fingerprint, type FROM job_error_group WHERE last_seen < $1
                ORDER BY fingerprint, type LIMIT $2 FOR UPDATE SKIP LOCKED)""";

    /** Groups of one step; the next round goes on. */
    private static final int GROUPS = 5_000;

    private final Pool pool;

    @Inject
    public HistoryPartitions(Pool pool) {
        this.pool = pool;
    }

    /** The day whose partition holds a row of this time. */
    public static LocalDate dayOf(Instant time) {
        return LocalDate.ofInstant(time, ZoneOffset.UTC);
    }

    /** The days that exist, in order. */
    public Uni<List<LocalDate>> days() {
        return pool.query(DAYS)
                .execute()
                .map(rows -> rows.stream()
                        .map(row -> dayNamed(row.getString(0)))
                        .flatMap(Optional::stream)
                        .sorted()
                        .toList())
                .ifNoItem()
                .after(DEADLINE)
                .fail();
    }

    /** Creates the days that are missing. */
    public Uni<Void> ensure(Collection<LocalDate> wanted) {
        return days().chain(existing -> {
            TreeSet<LocalDate> missing = new TreeSet<>(wanted);
            existing.forEach(missing::remove);
            return eachInTurn(
                    missing,
                    day -> CREATE.formatted(
                            DAY.format(day), day.toString(), day.plusDays(1).toString()));
        });
    }

    /**
     * Drops the days before this one, and the error groups that were last seen before it.
     *
     * @return the days that were dropped
     */
    public Uni<List<LocalDate>> dropBefore(LocalDate first) {
        return days().map(existing ->
                        existing.stream().filter(day -> day.isBefore(first)).toList())
                .call(old -> eachInTurn(old, day -> DROP.formatted(DAY.format(day))))
                .call(() -> pool.preparedQuery(FORGET_GROUPS)
                        .execute(Tuple.of(first.atStartOfDay().atOffset(ZoneOffset.UTC), GROUPS))
                        .ifNoItem()
                        .after(DEADLINE)
                        .fail());
    }

    private Uni<Void> eachInTurn(Collection<LocalDate> days, Function<LocalDate, String> statement) {
        return Multi.createFrom()
                .iterable(days)
                .onItem()
                .transformToUniAndConcatenate(day -> pool.query(statement.apply(day))
                        .execute()
                        .ifNoItem()
                        .after(DEADLINE)
                        .fail())
                .collect()
                .last()
                .replaceWithVoid();
    }

    private static Optional<LocalDate> dayNamed(String table) {
        try {
            return table.startsWith(PREFIX)
                    ? Optional.of(LocalDate.parse(table.substring(PREFIX.length()), DAY))
                    : Optional.empty();
        } catch (DateTimeParseException e) {
            // Somebody else's partition: not ours to drop.
            return Optional.empty();
        }
    }
}
