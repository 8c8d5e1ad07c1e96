package io.penstock.common.history;

import io.penstock.common.partition.DayPartitions;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;

/** The days of the table {@code job_history}, a partition each, see {@link DayPartitions}. */
@ApplicationScoped
public class HistoryPartitions {

    private static final Duration DEADLINE = Duration.ofSeconds(15);

    private static final String FORGET_GROUPS =
            """
            DELETE FROM job_error_group WHERE (fingerprint, type) IN (
                SELECT fingerprint, type FROM job_error_group WHERE last_seen < $1
                ORDER BY fingerprint, type LIMIT $2 FOR UPDATE SKIP LOCKED)""";

    /** Groups of one step; the next run goes on. */
    private static final int GROUPS = 5_000;

    private final Pool pool;
    private final DayPartitions partitions;

    @Inject
    public HistoryPartitions(Pool pool) {
        this.pool = pool;
        this.partitions = new DayPartitions(pool, "job_history", day -> day + " 00:00:00+00");
    }

    /** The day whose partition holds a row of this time. */
    public static LocalDate dayOf(Instant time) {
        return LocalDate.ofInstant(time, ZoneOffset.UTC);
    }

    /** The days that exist, in order. */
    public Uni<List<LocalDate>> days() {
        return partitions.days();
    }

    /** Creates the days that are missing. */
    public Uni<Void> ensure(Collection<LocalDate> wanted) {
        return partitions.ensure(wanted);
    }

    /**
     * Drops the days before this one, and the error groups that were last seen before it.
     *
     * @return the days that were dropped
     */
    public Uni<List<LocalDate>> dropBefore(LocalDate first) {
        return partitions.dropBefore(first).call(() -> pool.preparedQuery(FORGET_GROUPS)
                .execute(Tuple.of(first.atStartOfDay().atOffset(ZoneOffset.UTC), GROUPS))
                .ifNoItem()
                .after(DEADLINE)
                .fail());
    }
}
