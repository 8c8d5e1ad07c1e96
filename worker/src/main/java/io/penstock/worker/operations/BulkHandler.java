package io.penstock.worker.operations;

import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.job.UnrecoverableJobException;
import io.penstock.common.operations.BulkJob;
import io.penstock.common.operations.BulkOperation;
import io.penstock.common.operations.BulkOperations;
import io.penstock.common.operations.OperationsJobs;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * Works through a bulk operation chunk by chunk, from wherever the last run was. After a while it lets others have its
 * slot and comes back; it stops when the operation is aborted, and cancelling its job aborts the operation.
 */
@ApplicationScoped
class BulkHandler implements JobHandler<BulkJob> {

    /** So long one run may hold its slot. */
    private static final Duration TURN = Duration.ofSeconds(20);

    private static final Duration BETWEEN_TURNS = Duration.ofMillis(1);

    private final BulkOperations operations;

    @Inject
    BulkHandler(BulkOperations operations) {
        this.operations = operations;
    }

    @Override
    public JobType<BulkJob> type() {
        return OperationsJobs.BULK;
    }

    /** A chunk that was begun is finished and stored. */
    @Override
    public boolean stopsItself() {
        return true;
    }

    @Override
    public Uni<Outcome> handle(BulkJob payload, JobContext context) {
        UUID id = payload.operationId();
        long endOfTurn = System.nanoTime() + TURN.toNanos();
        return operations
                .find(id)
                .map(found ->
                        found.orElseThrow(() -> new UnrecoverableJobException("no bulk operation has the id " + id)))
                .chain(operation -> goOn(operation, context, endOfTurn))
                .onFailure(failure -> context.attempt() >= context.maxAttempts())
                .call(failure -> operations.fail(id, String.valueOf(failure.getMessage())));
    }

    private Uni<Outcome> goOn(BulkOperation operation, JobContext context, long endOfTurn) {
        if (operation.state() != BulkOperation.State.RUNNING) {
            return Uni.createFrom().item(Outcome.completed(operation.progress()));
        }
        if (context.isCancelled()) {
            return operations.abort(operation.id()).replaceWith(Outcome.cancelled());
        }
        if (System.nanoTime() - endOfTurn > 0) {
            return Uni.createFrom().item(Outcome.snooze(BETWEEN_TURNS, "goes on after a turn of others"));
        }
        return operations.runChunk(operation).chain(after -> next(after, context, endOfTurn));
    }

    private Uni<Outcome> next(Optional<BulkOperation> after, JobContext context, long endOfTurn) {
        return after.isEmpty() ? Uni.createFrom().item(Outcome.completed()) : goOn(after.get(), context, endOfTurn);
    }
}
