package io.penstock.worker.operations;

import io.penstock.common.batch.BatchRun;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.job.UnrecoverableJobException;
import io.penstock.common.operations.BulkJob;
import io.penstock.common.operations.BulkOperation;
import io.penstock.common.operations.BulkOperations;
import io.penstock.common.operations.OperationsJobs;
import io.penstock.worker.batch.BatchRunHandler;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.UUID;

/** The runner of a bulk operation's batch. Cancelling its job aborts the operation; its result is what was done. */
@ApplicationScoped
class BulkHandler implements JobHandler<BulkJob> {

    private final BulkOperations operations;
    private final BatchRunHandler runner;

    @Inject
    BulkHandler(BulkOperations operations, BatchRunHandler runner) {
        this.operations = operations;
        this.runner = runner;
    }

    @Override
    public JobType<BulkJob> type() {
        return OperationsJobs.BULK;
    }

    /** A page that was begun is finished and stored. */
    @Override
    public boolean stopsItself() {
        return true;
    }

    @Override
    public Uni<Outcome> handle(BulkJob payload, JobContext context) {
        UUID id = payload.operationId();
        return operations
                .find(id)
                .map(found ->
                        found.orElseThrow(() -> new UnrecoverableJobException("no bulk operation has the id " + id)))
                .chain(operation -> operation.state() == BulkOperation.State.RUNNING
                        ? run(id, context)
                        : Uni.createFrom().item(Outcome.completed(operation.progress())));
    }

    private Uni<Outcome> run(UUID id, JobContext context) {
        return operations
                .batchOf(id)
                .map(batch -> new BatchRun(batch.orElseThrow(), 0, 1))
                .chain(run -> runner.handle(run, context))
                .chain(outcome -> {
                    if (context.isCancelled()) {
                        return operations.abort(id).replaceWith(Outcome.cancelled());
                    }
                    return outcome instanceof Outcome.Completed
                            ? operations
                                    .find(id)
                                    .map(after -> Outcome.completed(
                                            after.orElseThrow().progress()))
                            : Uni.createFrom().item(outcome);
                });
    }
}
