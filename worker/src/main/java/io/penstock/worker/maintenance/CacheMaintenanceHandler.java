package io.penstock.worker.maintenance;

import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.maintenance.CacheMaintenance;
import io.penstock.common.maintenance.MaintenanceJobs;
import io.penstock.common.maintenance.TemporaryKeys;
import io.penstock.common.maintenance.TemporaryKeys.Sweep;
import io.penstock.common.queue.JobEnqueuer;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/**
 * Removes temporary keys that would never expire. Looks at a bounded part of the keyspace; where more is left, a further
 * job goes on from there, so that no run takes long and none begins anew.
 */
@ApplicationScoped
class CacheMaintenanceHandler implements JobHandler<CacheMaintenance> {

    /**
     * What a run did.
     *
     * @param done false: a further job goes on
     */
    record Report(int temporary, int removed, boolean done) {}

    private final TemporaryKeys keys;
    private final JobEnqueuer enqueuer;
    private final MaintenanceConfig.Cache config;

    @Inject
    CacheMaintenanceHandler(TemporaryKeys keys, JobEnqueuer enqueuer, MaintenanceConfig config) {
        this.keys = keys;
        this.enqueuer = enqueuer;
        this.config = config.cache();
    }

    @Override
    public JobType<CacheMaintenance> type() {
        return MaintenanceJobs.CACHE_MAINTENANCE;
    }

    @Override
    public Uni<Outcome> handle(CacheMaintenance payload, JobContext context) {
        String from = payload.cursor() == null ? TemporaryKeys.START : payload.cursor();
        return sweep(new Sweep(from, 0, 0), config.looks(), context)
                .call(swept -> isDone(swept) ? Uni.createFrom().voidItem() : goOn(swept.cursor()))
                .map(swept -> Outcome.completed(new Report(swept.temporary(), swept.removed(), isDone(swept))));
    }

    private Uni<Sweep> sweep(Sweep sofar, int looksLeft, JobContext context) {
        return keys.sweep(sofar.cursor(), config.idle())
                .map(piece -> new Sweep(
                        piece.cursor(), sofar.temporary() + piece.temporary(), sofar.removed() + piece.removed()))
                .chain(swept -> isDone(swept) || looksLeft <= 1 || context.isCancelled()
                        ? Uni.createFrom().item(swept)
                        : sweep(swept, looksLeft - 1, context));
    }

    private static boolean isDone(Sweep swept) {
        return swept.cursor().equals(TemporaryKeys.START);
    }

    /** One id per cursor: a run that is repeated goes on once. */
    private Uni<Void> goOn(String cursor) {
        return enqueuer.enqueue(
                        MaintenanceJobs.CACHE_MAINTENANCE,
                        new CacheMaintenance(cursor),
                        JobOptions.DEFAULT.withId("cache-maintenance-from-" + cursor))
                .replaceWithVoid();
    }
}
