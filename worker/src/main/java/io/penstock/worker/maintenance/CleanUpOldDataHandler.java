package io.penstock.worker.maintenance;

import io.penstock.common.cache.CacheJobs;
import io.penstock.common.cache.CleanUpCache;
import io.penstock.common.job.FollowUp;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.maintenance.CleanUpOldData;
import io.penstock.common.maintenance.MaintenanceJobs;
import io.penstock.common.retention.OldData;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Drops rows that are too old, of each bean that has such, in steps. Then a job of its own clears temporary values. */
@ApplicationScoped
class CleanUpOldDataHandler implements JobHandler<CleanUpOldData> {

    private static final int STEP = 5_000;
    private static final int MOST_STEPS = 1_000;
    private static final String TEMPORARY = "temp:*";

    /** What a run dropped, by name. */
    record Report(Map<String, Long> dropped) {}

    private final List<OldData> all;
    private final InstantSource clock = InstantSource.system();

    @Inject
    CleanUpOldDataHandler(@Any Instance<OldData> all) {
        this.all = all.stream().sorted(Comparator.comparing(OldData::name)).toList();
    }

    @Override
    public JobType<CleanUpOldData> type() {
        return MaintenanceJobs.CLEAN_UP_OLD_DATA;
    }

    @Override
    public Uni<Outcome> handle(CleanUpOldData payload, JobContext context) {
        int days = payload.days() == null ? CleanUpOldData.DEFAULT_DAYS : payload.days();
        Instant before = clock.instant().minus(Duration.ofDays(days));
        Map<String, Long> dropped = new TreeMap<>();
        return Multi.createFrom()
                .iterable(all)
                .onItem()
                .transformToUniAndConcatenate(
                        data -> forget(data, before, context).invoke(gone -> dropped.put(data.name(), gone)))
                .collect()
                .last()
                .map(done -> Outcome.completedThen(
                        new Report(dropped), new FollowUp<>(CacheJobs.CLEAN_UP, new CleanUpCache(TEMPORARY))));
    }

    private static Uni<Long> forget(OldData data, Instant before, JobContext context) {
        return Multi.createBy()
                .repeating()
                .uni(() -> data.forget(before, STEP))
                .whilst(gone -> gone == STEP && !context.isCancelled())
                .select()
                .first(MOST_STEPS)
                .collect()
                .with(Collectors.summingLong(Integer::longValue));
    }
}
