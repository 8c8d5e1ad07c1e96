package io.penstock.common.batch;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.JobLabels;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.Timing;
import io.penstock.common.job.UnknownJobTypeException;
import io.penstock.common.outbox.Outbox;
import io.penstock.common.queue.PayloadTooLargeException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * How a batch begins and ends, each in one transaction with all that follows from it: runners and callbacks go through the outbox, so
 * that they are enqueued once if the transaction commits and not at all if it does not, whoever dies meanwhile.
 */
@ApplicationScoped
class BatchLifecycle {

    private static final Logger LOG = Logger.getLogger(BatchLifecycle.class);

    private static final String FOLLOWED = "followed";

    private static final String END_IF_DONE =
            """
            UPDATE batch_operations SET
                status = CASE
                    WHEN failed = 0 AND children_failed = 0 THEN 'completed'
                    WHEN completed + skipped > 0 OR children > children_failed THEN 'partial_success'
                    ELSE 'failed' END,
                started_at = coalesce(started_at, now()), finished_at = now(), updated_at = now(),
                error_summary = CASE WHEN failed = 0 THEN '[]' ELSE coalesce((
                    SELECT jsonb_agg(jsonb_build_object('fingerprint', k.fingerprint, 'sample', k.sample, 'count', k.count))
                    FROM (SELECT fingerprint, left(min(error), 500) AS sample, count(*) AS count
                          FROM batch_operation_items WHERE batch_id = $1 AND status = 'failed' AND fingerprint IS NOT NULL
                          GROUP BY fingerprint ORDER BY count(*) DESC, fingerprint LIMIT 20) AS k), '[]') END
            WHERE id = $1 AND status IN ('pending', 'running') AND sealed AND retrying = 0
                AND completed + failed + skipped = total AND children_open = 0
            RETURNING *
            """;

    /** Once for each event in the life of a batch, also where failed items were run again meanwhile. */
    private static final String CALL =
            """
            UPDATE batch_operations SET called = array_append(called, $2)
            WHERE id = $1 AND NOT ($2 = ANY (called)) RETURNING callbacks, followed_by
            """;

    private static final String CHILD_ENDED =
            """
            UPDATE batch_operations SET children_open = children_open - 1,
                children_failed = children_failed + CASE WHEN $2 THEN 0 ELSE 1 END, updated_at = now()
            WHERE id = $1
            """;

    private static final String CHILD_REOPENED =
            """
            UPDATE batch_operations SET children_open = children_open + 1, children_failed = children_failed - 1,
                updated_at = now()
            WHERE id = $1 AND status IN ('pending', 'running') RETURNING id
            """;

    private static final String LEAVE_PARENT = "UPDATE batch_operations SET parent_id = NULL WHERE id = $1";

    private final BatchStore store;
    private final BatchChecks checks;
    private final Outbox outbox;
    private final BatchConfig config;
    private final InstantSource clock = InstantSource.system();

    @Inject
    BatchLifecycle(BatchStore store, BatchChecks checks, Outbox outbox, BatchConfig config) {
        this.store = store;
        this.checks = checks;
        this.outbox = outbox;
        this.config = config;
    }

    /** Makes a batch and starts its runners. Its day must exist. */
    Uni<Void> create(SqlConnection transaction, UUID id, CheckedBatch batch, List<JsonNode> items) {
        return insert(transaction, id, batch, items)
                .chain(() -> wake(transaction, id, batch.priority(), batch.tenant(), batch.startAt()))
                .chain(started -> started == 0 && !batch.open()
                        ? endIfDone(transaction, id).replaceWithVoid()
                        : Uni.createFrom().voidItem());
    }

    /** Makes a batch whose runners the caller starts. Those that nobody starts are taken for lost after a while, and replaced. */
    Uni<List<BatchRun>> createHeld(
            SqlConnection transaction, UUID id, CheckedBatch batch, List<JsonNode> items, Batches.Holder holder) {
        return insert(transaction, id, batch, items)
                .chain(() -> wakeHeld(transaction, id, holder))
                .call(runs -> runs.isEmpty() && !batch.open()
                        ? endIfDone(transaction, id).replaceWithVoid()
                        : Uni.createFrom().voidItem());
    }

    /** Readies the runners that are missing, whose jobs are those of the caller. */
    Uni<List<BatchRun>> wakeHeld(SqlConnection transaction, UUID id, Batches.Holder holder) {
        return store.wake(transaction, id).call(runs -> {
            Uni<Void> all = Uni.createFrom().voidItem();
            for (BatchRun run : runs) {
                all = all.chain(() -> store.nameJob(transaction, run, holder));
            }
            return all;
        });
    }

    private Uni<Void> insert(SqlConnection transaction, UUID id, CheckedBatch batch, List<JsonNode> items) {
        return countInParent(transaction, batch)
                .chain(() -> store.create(transaction, id, batch))
                .chain(() -> store.append(transaction, id, BatchStore.Input.of(items), true, null, config.maxItems()))
                .replaceWithVoid();
    }

    private Uni<Void> countInParent(SqlConnection transaction, CheckedBatch batch) {
        UUID parent = batch.parentId();
        if (parent == null) {
            return Uni.createFrom().voidItem();
        }
        return store.addChild(transaction, parent)
                .invoke(added -> {
                    if (!added) {
                        throw new InvalidBatchException("parentId", "no batch that has not ended has this id");
                    }
                })
                .replaceWithVoid();
    }

    private Uni<Integer> wake(
            SqlConnection transaction, UUID id, int priority, @Nullable String tenant, @Nullable Instant startAt) {
        return store.wake(transaction, id).chain(runs -> {
            List<Outbox.Item<BatchRun>> items = runs.stream()
                    .map(run -> Outbox.Item.of(run, options(run, priority, tenant, startAt)))
                    .toList();
            return outbox.enqueueAll(transaction, BatchJobs.RUN, items).replaceWith(runs.size());
        });
    }

    /** Enqueues one run. */
    Uni<Void> start(SqlConnection transaction, BatchRun run) {
        return store.find(transaction, run.batchId())
                .chain(batch -> {
                    JobOptions options = options(run, batch.settings().priority(), batch.tenant(), null);
                    return outbox.enqueue(transaction, BatchJobs.RUN, run, options);
                })
                .replaceWithVoid();
    }

    /** Starts the runners that are missing. */
    Uni<Integer> wake(SqlConnection transaction, Batch batch) {
        return wake(
                transaction,
                batch.id(),
                batch.settings().priority(),
                batch.tenant(),
                batch.status() == BatchStatus.PENDING ? batch.times().startAt() : null);
    }

    private JobOptions options(BatchRun run, int priority, @Nullable String tenant, @Nullable Instant startAt) {
        JobOptions options = JobOptions.DEFAULT
                .withId(run.jobId())
                .withPriority(priority)
                .withLabels(new JobLabels(Optional.empty(), Optional.ofNullable(tenant), List.of("batch")));
        return startAt != null && startAt.isAfter(clock.instant())
                ? options.withTiming(
                        new Timing(Duration.ZERO, Optional.of(startAt), Optional.empty(), Optional.empty()))
                : options;
    }

    /** Ends a batch in which nothing is left to be done. True: this call did. */
    Uni<Boolean> endIfDone(SqlConnection transaction, UUID id) {
        return transaction.preparedQuery(END_IF_DONE).execute(Tuple.of(id)).chain(rows -> {
            Optional<Batch> ended = store.first(rows);
            return ended.isEmpty()
                    ? Uni.createFrom().item(false)
                    : afterEnd(transaction, ended.get()).replaceWith(true);
        });
    }

    /** What follows from the end of a batch. */
    Uni<Void> afterEnd(SqlConnection transaction, Batch batch) {
        LOG.infof(
                "batch %s (%s) is %s: %d completed, %d failed, %d skipped of %d",
                batch.id(),
                batch.type(),
                batch.status().wire(),
                batch.counts().completed(),
                batch.counts().failed(),
                batch.counts().skipped(),
                batch.counts().total());
        Uni<Void> all = Uni.createFrom().voidItem();
        for (BatchCallbacks.Event event : eventsOf(batch.status())) {
            all = all.chain(() -> call(transaction, batch, event));
        }
        if (batch.status() == BatchStatus.COMPLETED) {
            all = all.chain(() -> follow(transaction, batch));
        }
        return all.chain(() -> tellParent(transaction, batch));
    }

    private static List<BatchCallbacks.Event> eventsOf(BatchStatus status) {
        return switch (status) {
            case COMPLETED -> List.of(BatchCallbacks.Event.COMPLETE, BatchCallbacks.Event.SUCCESS);
            case PARTIAL_SUCCESS, FAILED -> List.of(BatchCallbacks.Event.COMPLETE, BatchCallbacks.Event.FAILURE);
            case PENDING, RUNNING, CANCELLED -> List.of();
        };
    }

    private Uni<Void> call(SqlConnection transaction, Batch batch, BatchCallbacks.Event event) {
        return transaction
                .preparedQuery(CALL)
                .execute(Tuple.of(batch.id(), event.wire()))
                .chain(rows -> {
                    for (Row row : rows) {
                        BatchCallback callback = store.read(row.getJsonObject("callbacks"), BatchCallbacks.class)
                                .of(event);
                        if (callback != null) {
                            return enqueue(transaction, batch, event, callback);
                        }
                    }
                    return Uni.createFrom().voidItem();
                });
    }

    private Uni<Void> enqueue(
            SqlConnection transaction, Batch batch, BatchCallbacks.Event event, BatchCallback callback) {
        String jobId = "batch-" + batch.id() + "-on-" + event.wire();
        try {
            return enqueue(transaction, checks.encoded(callback, batch.id()), jobId);
        } catch (UnknownJobTypeException | InvalidJobException | PayloadTooLargeException e) {
            // It was right when the batch was made. The outbox keeps it for an operator, and the batch ends.
            LOG.warnf("batch %s: its callback is left to the outbox: %s", batch.id(), e.getMessage());
            return transaction
                    .preparedQuery("SELECT penstock_enqueue($1, $2, $3)")
                    .execute(Tuple.of(
                            callback.type(),
                            callback.payload() == null ? new JsonObject() : store.object(callback.payload()),
                            new JsonObject().put("id", jobId)))
                    .replaceWithVoid();
        }
    }

    private <P> Uni<Void> enqueue(SqlConnection transaction, BatchChecks.Callback<P> job, String jobId) {
        return outbox.enqueue(transaction, job.type(), job.payload(), JobOptions.DEFAULT.withId(jobId))
                .replaceWithVoid();
    }

    private Uni<Void> follow(SqlConnection transaction, Batch batch) {
        return transaction
                .preparedQuery(CALL)
                .execute(Tuple.of(batch.id(), FOLLOWED))
                .chain(rows -> {
                    for (Row row : rows) {
                        JsonObject next = row.getJsonObject("followed_by");
                        if (next != null) {
                            return start(transaction, batch, store.read(next, BatchSpec.class));
                        }
                    }
                    return Uni.createFrom().voidItem();
                });
    }

    private Uni<Void> start(SqlConnection transaction, Batch after, BatchSpec spec) {
        Instant now = clock.instant();
        CheckedBatch batch;
        try {
            batch = checks.checked(spec, null, now, after.createdBy(), after.createdByName());
        } catch (InvalidBatchException e) {
            LOG.errorf("batch %s: the batch that follows it cannot be made: %s", after.id(), e.getMessage());
            return Uni.createFrom().voidItem();
        }
        List<JsonNode> items = spec.items() == null ? new ArrayList<>() : spec.items();
        return create(transaction, BatchIds.next(now), batch, items);
    }

    private Uni<Void> tellParent(SqlConnection transaction, Batch batch) {
        UUID parent = batch.parentId();
        return parent == null
                ? Uni.createFrom().voidItem()
                : transaction
                        .preparedQuery(CHILD_ENDED)
                        .execute(Tuple.of(parent, batch.status() == BatchStatus.COMPLETED))
                        .chain(() -> endIfDone(transaction, parent))
                        .replaceWithVoid();
    }

    /** A batch that had ended runs again. A parent that has ended does not wait for it any more. */
    Uni<Void> reopened(SqlConnection transaction, Batch batch) {
        UUID parent = batch.parentId();
        return parent == null
                ? Uni.createFrom().voidItem()
                : transaction
                        .preparedQuery(CHILD_REOPENED)
                        .execute(Tuple.of(parent))
                        .chain(rows -> rows.size() > 0
                                ? Uni.createFrom().voidItem()
                                : transaction
                                        .preparedQuery(LEAVE_PARENT)
                                        .execute(Tuple.of(batch.id()))
                                        .replaceWithVoid());
    }
}
