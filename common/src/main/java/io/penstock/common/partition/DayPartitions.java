package io.penstock.common.partition;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/**
 * The days of one table, a partition each. Any number of processes may create and drop the same days at once: an advisory
 * lock makes them take turns, and who comes second finds the work done.
 */
public final class DayPartitions {

    private static final DateTimeFormatter NAME = DateTimeFormatter.BASIC_ISO_DATE;

    private final TimePartitions<LocalDate> partitions;

    /**
     * @param table a name of lower case letters and underscores
     * @param firstOf the least value of a day in the column that the table is partitioned by, as SQL writes it, without quotes
     */
    public DayPartitions(Pool pool, String table, Function<LocalDate, String> firstOf) {
        this.partitions = new TimePartitions<>(
                pool,
                table,
                new TimePartitions.Spans<>(day -> day.plusDays(1), NAME::format, text -> LocalDate.parse(text, NAME)),
                firstOf);
    }

    /** The days that exist, in order. */
    public Uni<List<LocalDate>> days() {
        return partitions.existing();
    }

    /** Creates the days that are missing. */
    public Uni<Void> ensure(Collection<LocalDate> wanted) {
        return partitions.ensure(wanted);
    }

    /**
     * Drops the days before this one.
     *
     * @return the days that were dropped
     */
    public Uni<List<LocalDate>> dropBefore(LocalDate first) {
        return partitions.dropBefore(first);
    }
}
