package io.penstock.common.partition;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import java.time.Duration;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The days of one table, a partition each. Any number of processes may create and drop the same days at once: an advisory
 * lock makes them take turns, and who comes second finds the work done.
 */
public final class DayPartitions {

    private static final Duration DEADLINE = Duration.ofSeconds(15);
    private static final DateTimeFormatter DAY = DateTimeFormatter.BASIC_ISO_DATE;
    private static final Pattern TABLE = Pattern.compile("[a-z_]+");

    private static final String DAYS =
            """
            SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = '%1$s'::regclass""";

    /** Made apart and then attached, because creating it in place would stop readers and writers of all days. */
    private static final String CREATE =
            """
            DO $$ BEGIN
                PERFORM set_config('lock_timeout', '5s', true);
                PERFORM pg_advisory_xact_lock(hashtext('penstock.%1$s'));
                IF to_regclass('%1$s_%2$s') IS NULL THEN
                    CREATE TABLE %1$s_%2$s (LIKE %1$s INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
                    ALTER TABLE %1$s ATTACH PARTITION %1$s_%2$s FOR VALUES FROM ('%3$s') TO ('%4$s');
                END IF;
            END $$""";

    /** Stops readers and writers for the moment it takes; where it cannot have that within a second, it leaves it for later. */
    private static final String DROP =
            """
            DO $$ BEGIN
                PERFORM set_config('lock_timeout', '1s', true);
                PERFORM pg_advisory_xact_lock(hashtext('penstock.%1$s'));
                DROP TABLE IF EXISTS %1$s_%2$s;
            END $$""";

    private final Pool pool;
    private final String table;
    private final Function<LocalDate, String> firstOf;

    /**
     * @param table a name of lower case letters and underscores
     * @param firstOf the least value of a day in the column that the table is partitioned by, as SQL writes it, without quotes
     */
    public DayPartitions(Pool pool, String table, Function<LocalDate, String> firstOf) {
        if (!TABLE.matcher(table).matches()) {
            throw new IllegalArgumentException("not a table's name: " + table);
        }
        this.pool = pool;
        this.table = table;
        this.firstOf = firstOf;
    }

    /** The days that exist, in order. */
    public Uni<List<LocalDate>> days() {
        return pool.query(DAYS.formatted(table))
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
                            table, DAY.format(day), firstOf.apply(day), firstOf.apply(day.plusDays(1))));
        });
    }

    /**
     * Drops the days before this one.
     *
     * @return the days that were dropped
     */
    public Uni<List<LocalDate>> dropBefore(LocalDate first) {
        return days().map(existing ->
                        existing.stream().filter(day -> day.isBefore(first)).toList())
                .call(old -> eachInTurn(old, day -> DROP.formatted(table, DAY.format(day))));
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

    private Optional<LocalDate> dayNamed(String partition) {
        String prefix = table + "_";
        try {
            return partition.startsWith(prefix)
                    ? Optional.of(LocalDate.parse(partition.substring(prefix.length()), DAY))
                    : Optional.empty();
        } catch (DateTimeParseException e) {
            // Somebody else's partition: not ours to drop.
            return Optional.empty();
        }
    }
}
