package io.penstock.common.partition;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import java.time.YearMonth;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** The months of one table, a partition each, as {@link DayPartitions} has days. */
public final class MonthPartitions {

    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("uuuuMM", Locale.ROOT);

    private final TimePartitions<YearMonth> partitions;

    /**
     * @param table a name of lower case letters and underscores
     * @param firstOf the least value of a month in the column that the table is partitioned by, as SQL writes it, without quotes
     */
    public MonthPartitions(Pool pool, String table, Function<YearMonth, String> firstOf) {
        this.partitions = new TimePartitions<>(
                pool,
                table,
                new TimePartitions.Spans<>(
                        month -> month.plusMonths(1), NAME::format, text -> YearMonth.parse(text, NAME)),
                firstOf);
    }

    /** The months that exist, in order. */
    public Uni<List<YearMonth>> months() {
        return partitions.existing();
    }

    /** Creates the months that are missing. */
    public Uni<Void> ensure(Collection<YearMonth> wanted) {
        return partitions.ensure(wanted);
    }

    /**
     * Drops the months before this one.
     *
     * @return the months that were dropped
     */
    public Uni<List<YearMonth>> dropBefore(YearMonth first) {
        return partitions.dropBefore(first);
    }
}
