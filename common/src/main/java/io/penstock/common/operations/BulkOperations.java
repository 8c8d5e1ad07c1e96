package io.penstock.common.operations;

import io.penstock.common.job.JobOptions;
import io.penstock.common.queue.JobActionResult;
import io.penstock.common.queue.JobAdmin;
import io.penstock.common.queue.JobEnqueuer;
import io.penstock.common.queue.QueueUnavailableException;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * Does something to many jobs: counts them first if asked to, notes the filter with the time it was given, and works
 * through the jobs chunk by chunk. After each chunk the position is stored, so that a worker that takes over goes on
 * where the last one was; a chunk that is done twice finds its jobs moved on and skips them.
 */
@ApplicationScoped
public class BulkOperations {

    private static final Logger LOG = Logger.getLogger(BulkOperations.class);

    /** So many jobs a dry run looks at; beyond, its count is a lower bound. */
    static final int DRY_RUN_LIMIT = 20_000;
    /** Jobs of a chunk that are changed at once. */
    private static final int AT_ONCE = 8;

    private final BulkOperationStore store;
    private final BulkScan scan;
    private final JobAdmin jobAdmin;
    private final JobEnqueuer jobs;

    @Inject
    public BulkOperations(BulkOperationStore store, BulkScan scan, JobAdmin jobAdmin, JobEnqueuer jobs) {
        this.store = store;
        this.scan = scan;
        this.jobAdmin = jobAdmin;
        this.jobs = jobs;
    }

    /**
     * What an operation would do.
     *
     * @param matching jobs that are meant
     * @param examined jobs that were compared with the filter
     * @param complete false: there are more jobs than a dry run looks at, and {@code matching} is a lower bound
     */
    public record DryRun(long matching, long examined, boolean complete) {}

    /** Counts the jobs that are meant. Changes nothing. */
    public Uni<DryRun> dryRun(BulkAction action, BulkFilter filter) {
        return jobAdmin.now().chain(now -> count(action, filter, now, Optional.empty(), new DryRun(0, 0, false)));
    }

    private Uni<DryRun> count(
            BulkAction action, BulkFilter filter, Instant now, Optional<BulkScan.Position> from, DryRun soFar) {
        return scan.page(action, filter, now, from).chain(page -> {
            boolean complete = page.next().isEmpty();
            DryRun sum =
                    new DryRun(soFar.matching() + page.matching().size(), soFar.examined() + page.examined(), complete);
            return complete || sum.examined() >= DRY_RUN_LIMIT
                    ? Uni.createFrom().item(sum)
                    : count(action, filter, now, page.next(), sum);
        });
    }

    /**
     * Freezes the filter and starts the work in the background.
     *
     * @param requestedBy id of who asks, for the record
     */
    public Uni<BulkOperation> start(BulkAction action, BulkFilter filter, String requestedBy, String requestedByName) {
        return jobAdmin.now()
                .chain(now -> store.add(action, filter, now, requestedBy, requestedByName))
                .chain(operation -> enqueue(operation).replaceWith(operation));
    }

    /** An operation without a job would seem to run for ever. */
    private Uni<?> enqueue(BulkOperation operation) {
        JobOptions options = JobOptions.DEFAULT.withId("bulk-" + operation.id());
        return jobs.enqueue(OperationsJobs.BULK, new BulkJob(operation.id()), options)
                .onFailure()
                .call(() -> store.delete(operation.id()));
    }

    /** Stops the work; what is done stays done. Empty: the operation had ended. */
    public Uni<Optional<BulkOperation>> abort(UUID id) {
        return store.end(id, BulkOperation.State.ABORTED, null);
    }

    /** Gives an operation up. */
    public Uni<Optional<BulkOperation>> fail(UUID id, String error) {
        return store.end(id, BulkOperation.State.FAILED, error);
    }

    public Uni<Optional<BulkOperation>> find(UUID id) {
        return store.find(id);
    }

    /**
     * Works through one chunk.
     *
     * @return the operation afterwards; empty when it was aborted, or another worker is at it
     */
    public Uni<Optional<BulkOperation>> runChunk(BulkOperation operation) {
        return store.find(operation.id())
                .map(found -> found.filter(now -> now.isAtStepOf(operation)))
                .chain(still -> still.isEmpty() ? Uni.createFrom().item(still) : runStep(operation));
    }

    private Uni<Optional<BulkOperation>> runStep(BulkOperation operation) {
        return scan.page(operation.action(), operation.filter(), operation.frozenAt(), operation.position())
                .chain(page ->
                        actOn(operation, page).chain(progress -> store.saveChunk(operation, progress, page.next())));
    }

    private Uni<BulkOperation.Progress> actOn(BulkOperation operation, BulkScan.Page page) {
        String why = "cancelled by " + operation.requestedByName() + " in operation " + operation.id();
        return Multi.createFrom()
                .iterable(page.matching())
                .onItem()
                .transformToUni(id -> actOnOne(operation, id, why))
                .merge(AT_ONCE)
                .collect()
                .in(
                        () -> new BulkOperation.Progress[] {new BulkOperation.Progress(page.examined(), 0, 0, 0)},
                        (sum, one) -> sum[0] = sum[0].plus(one))
                .map(sum -> sum[0]);
    }

    private Uni<BulkOperation.Progress> actOnOne(BulkOperation operation, String id, String why) {
        return operation
                .action()
                .apply(jobAdmin, id, why)
                .map(BulkOperations::progressOf)
                .onFailure(failure -> !(failure instanceof QueueUnavailableException))
                .recoverWithItem(failure -> {
                    LOG.warnf(failure, "bulk operation %s: job %s is left as it is", operation.id(), id);
                    return new BulkOperation.Progress(0, 0, 0, 1);
                });
    }

    private static BulkOperation.Progress progressOf(JobActionResult steered) {
        return steered.fold(new JobActionResult.Cases<>() {
            @Override
            public BulkOperation.Progress done(JobActionResult.Done done) {
                return new BulkOperation.Progress(0, 1, 0, 0);
            }

            @Override
            public BulkOperation.Progress notFound(JobActionResult.NotFound notFound) {
                return new BulkOperation.Progress(0, 0, 1, 0);
            }

            @Override
            public BulkOperation.Progress conflict(JobActionResult.Conflict conflict) {
                return new BulkOperation.Progress(0, 0, 1, 0);
            }
        });
    }
}
