package io.penstock.common.products;

import io.penstock.common.partition.MonthPartitions;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The months of the history, a partition each of readings and of days. */
@ApplicationScoped
public class ProductMonths {

    private final MonthPartitions readings;
    private final MonthPartitions days;
    private final Set<YearMonth> known = ConcurrentHashMap.newKeySet();

    @Inject
    public ProductMonths(Pool pool) {
        this.readings = new MonthPartitions(pool, "product_reading", month -> month.atDay(1) + " 00:00:00+00");
        this.days = new MonthPartitions(
                pool, "product_reading_day", month -> month.atDay(1).toString());
    }

    public static YearMonth monthOf(Instant time) {
        return YearMonth.from(time.atOffset(ZoneOffset.UTC));
    }

    /** Sees to it that readings of this time can be stored. Costs something once a month and process. */
    public Uni<Void> ensure(Instant time) {
        YearMonth month = monthOf(time);
        if (known.contains(month)) {
            return Uni.createFrom().voidItem();
        }
        return readings.ensure(List.of(month))
                .chain(() -> days.ensure(List.of(month)))
                .invoke(() -> known.add(month));
    }

    /** Drops months of readings that end before the first time, and months of days that end before the second. */
    public Uni<Integer> dropBefore(Instant firstReading, Instant firstDay) {
        known.clear();
        return readings.dropBefore(monthOf(firstReading))
                .chain(gone -> days.dropBefore(monthOf(firstDay)).map(more -> gone.size() + more.size()));
    }
}
