package io.penstock.worker.maintenance;

import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.maintenance.MaintenanceJobs;
import io.penstock.common.maintenance.QueueMaintenance;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.QueueRetention;
import io.penstock.common.queue.QueueRetention.Dropped;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Removes records of jobs that ended long ago from every queue, a bounded number per run; the next one goes on. */
@ApplicationScoped
class QueueMaintenanceHandler implements JobHandler<QueueMaintenance> {

    /** Records of one step: it holds Redis up for less than a millisecond. */
    private static final int STEP = 200;

    /** What a run removed. */
    record Report(int completed, int failed) {

        Report plus(Report other) {
            return new Report(completed + other.completed, failed + other.failed);
        }
    }

    private final QueueRetention retention;
    private final QueuePolicies policies;
    private final MaintenanceConfig.Queues config;

    @Inject
    QueueMaintenanceHandler(QueueRetention retention, QueuePolicies policies, MaintenanceConfig config) {
        this.retention = retention;
        this.policies = policies;
        this.config = config.queues();
    }

    @Override
    public JobType<QueueMaintenance> type() {
        return MaintenanceJobs.QUEUE_MAINTENANCE;
    }

    @Override
    public Uni<Outcome> handle(QueueMaintenance payload, JobContext context) {
        return Multi.createFrom()
                .iterable(policies.all())
                .onItem()
                .transformToMultiAndConcatenate(policy -> Multi.createFrom()
                        .items(IntStream.range(0, policy.partitions()).boxed())
                        .onItem()
                        .transformToUniAndConcatenate(partition -> clearOut(policy, partition, context)))
                .collect()
                .in(() -> new Report[] {new Report(0, 0)}, (sum, part) -> sum[0] = sum[0].plus(part))
                .map(sum -> Outcome.completed(sum[0]));
    }

    private Uni<Report> clearOut(QueuePolicy policy, int partition, JobContext context) {
        return repeat(() -> retention.dropCompleted(policy, partition, config.keepCompleted(), STEP), context)
                .chain(completed -> repeat(
                                () -> retention.dropDead(policy, partition, config.keepFailed(), STEP), context)
                        .map(failed -> new Report(completed, failed)));
    }

    private Uni<Integer> repeat(Supplier<Uni<Dropped>> step, JobContext context) {
        return repeat(step, config.steps(), 0, context);
    }

    private Uni<Integer> repeat(Supplier<Uni<Dropped>> step, int stepsLeft, int dropped, JobContext context) {
        return step.get()
                .chain(piece -> piece.more() && stepsLeft > 1 && !context.isCancelled()
                        ? repeat(step, stepsLeft - 1, dropped + piece.jobs(), context)
                        : Uni.createFrom().item(dropped + piece.jobs()));
    }
}
