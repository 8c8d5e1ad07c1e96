package io.penstock.common.partition;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * The spans of time of one table, such as days, a partition each. Any number of processes may create and drop the same spans at
 * once: an advisory lock makes them take turns, and who comes second finds the work done.
 *
 * @param <S> a span
 */
final class TimePartitions<S extends Comparable<? super S>> {

    /**
     * How spans follow one another and how their partitions are called.
     *
     * @param name the last part of the name of the partition
     * @param named the reverse; fails with {@link DateTimeException} where the text is no such name
     */
    record Spans<S>(UnaryOperator<S> next, Function<S, String> name, Function<String, S> named) {}

    private static final Duration DEADLINE = Duration.ofSeconds(15);
    private static final Pattern TABLE = Pattern.compile("[a-z_]+");

    private static final String SPANS =
            """
            SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = '%1$s'::regclass""";

    /** Made apart and then attached, because creating it in place would stop readers and writers of all spans. */
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
    private final Spans<S> spans;
    private final Function<S, String> firstOf;

    /** @param firstOf the least value of a span in the column that the table is partitioned by, as SQL writes it, without quotes */
    TimePartitions(Pool pool, String table, Spans<S> spans, Function<S, String> firstOf) {
        if (!TABLE.matcher(table).matches()) {
            throw new IllegalArgumentException("not a table's name: " + table);
        }
        this.pool = pool;
        this.table = table;
        this.spans = spans;
        this.firstOf = firstOf;
    }

    /** The spans that exist, in order. */
    Uni<List<S>> existing() {
        return pool.query(SPANS.formatted(table))
                .execute()
                .map(rows -> rows.stream()
                        .map(row -> spanNamed(row.getString(0)))
                        .flatMap(Optional::stream)
                        .sorted()
                        .toList())
                .ifNoItem()
                .after(DEADLINE)
                .fail();
    }

    /** Creates those that are missing. */
    Uni<Void> ensure(Collection<S> wanted) {
        return existing().chain(existing -> {
            TreeSet<S> missing = new TreeSet<>(wanted);
            existing.forEach(missing::remove);
            return eachInTurn(
                    missing,
                    span -> CREATE.formatted(
                            table,
                            spans.name().apply(span),
                            firstOf.apply(span),
                            firstOf.apply(spans.next().apply(span))));
        });
    }

    /**
     * Drops the spans before this one.
     *
     * @return those that were dropped
     */
    Uni<List<S>> dropBefore(S first) {
        return existing()
                .map(existing -> existing.stream()
                        .filter(span -> span.compareTo(first) < 0)
                        .toList())
                .call(old -> eachInTurn(
                        old, span -> DROP.formatted(table, spans.name().apply(span))));
    }

    private Uni<Void> eachInTurn(Collection<S> some, Function<S, String> statement) {
        return Multi.createFrom()
                .iterable(some)
                .onItem()
                .transformToUniAndConcatenate(span -> pool.query(statement.apply(span))
                        .execute()
                        .ifNoItem()
                        .after(DEADLINE)
                        .fail())
                .collect()
                .last()
                .replaceWithVoid();
    }

    private Optional<S> spanNamed(String partition) {
        String prefix = table + "_";
        try {
            return partition.startsWith(prefix)
                    ? Optional.of(spans.named().apply(partition.substring(prefix.length())))
                    : Optional.empty();
        } catch (DateTimeException e) {
            // Somebody else's partition: not ours to drop.
            return Optional.empty();
        }
    }
}
