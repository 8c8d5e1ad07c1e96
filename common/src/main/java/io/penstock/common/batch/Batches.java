package io.penstock.common.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.queue.IdempotencyKey;
import io.penstock.common.queue.IdempotencyKeyReusedException;
import io.penstock.common.queue.IdempotentCall;
import io.penstock.common.queue.JobAdmin;
import io.penstock.common.queue.StrictMapper;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Makes and steers batches. Whatever changes what there is to be done starts the runners that are missing in the same
 * transaction, through the outbox: a batch never waits for somebody to notice it.
 */
@ApplicationScoped
public class Batches {

    private static final Logger LOG = Logger.getLogger(Batches.class);

    /** Items of one transaction of a stream. */
    private static final int STREAM_STEP = 1_000;

    /** Who makes batches that nobody asked for in person. */
    public static final String SYSTEM = "system";

    private final BatchStore store;
    private final BatchChecks checks;
    private final BatchLifecycle lifecycle;
    private final JobAdmin jobAdmin;
    private final BatchConfig config;
    private final ObjectMapper mapper;
    private final InstantSource clock = InstantSource.system();

    @Inject
    public Batches(
            BatchStore store,
            BatchChecks checks,
            BatchLifecycle lifecycle,
            JobAdmin jobAdmin,
            BatchConfig config,
            ObjectMapper mapper) {
        this.store = store;
        this.checks = checks;
        this.lifecycle = lifecycle;
        this.jobAdmin = jobAdmin;
        this.config = config;
        this.mapper = StrictMapper.exact(mapper.copy());
    }

    /** What became of a request to change a batch. */
    public enum Change {
        DONE,
        UNKNOWN,
        /** It is not in a state that allows this. */
        CONFLICT
    }

    /** A batch after a request. */
    public record Changed(Change change, Optional<Batch> batch) {}

    /** Fails with {@link InvalidBatchException}. */
    public Uni<Batch> create(BatchSpec spec) {
        return create(spec, null, SYSTEM, SYSTEM);
    }

    /**
     * Makes a batch and starts it. All or nothing.
     *
     * <p>Fails with {@link InvalidBatchException}.
     *
     * @param parent the batch that it counts for; null: none
     * @param by id of who asks, for the record
     */
    public Uni<Batch> create(BatchSpec spec, @Nullable UUID parent, String by, String byName) {
        return Uni.createFrom().deferred(() -> {
            Instant now = clock.instant();
            CheckedBatch batch = checks.checked(spec, parent, now, by, byName);
            List<JsonNode> items = spec.items() == null ? List.of() : spec.items();
            UUID id = BatchIds.next(now);
            return store.ensureDay(now)
                    .chain(() -> store.inTransaction(transaction -> lifecycle.create(transaction, id, batch, items)))
                    .chain(() -> store.find(id))
                    .map(Optional::orElseThrow);
        });
    }

    /**
     * A batch that a call made.
     *
     * @param added false: an earlier call of the same key made it
     */
    public record Made(Batch batch, boolean added) {}

    /**
     * As {@link #create(BatchSpec, UUID, String, String)}, safe to repeat for as long as batches are kept.
     *
     * <p>Fails with {@link IdempotencyKeyReusedException} where the key stands for another batch, with {@link
     * NoSuchBatchException} where that batch has been forgotten.
     */
    public Uni<Made> createOnce(BatchSpec spec, @Nullable UUID parent, String by, String byName, IdempotencyKey key) {
        return Uni.createFrom().deferred(() -> {
            Instant now = clock.instant();
            CheckedBatch batch = checks.checked(spec, parent, now, by, byName);
            List<JsonNode> items = spec.items() == null ? List.of() : spec.items();
            UUID id = BatchIds.next(now);
            IdempotentCall call = new IdempotentCall(key, fingerprint(spec, parent));
            return store.inTransaction(transaction -> store.takeKey(transaction, call, id)
                            .call(first -> first
                                    ? lifecycle.create(transaction, id, batch, items)
                                    : Uni.createFrom().voidItem()))
                    .chain(first -> (first ? Uni.createFrom().item(id) : store.ofKey(call)).chain(made -> store.find(
                                    made)
                            .map(found -> new Made(found.orElseThrow(() -> new NoSuchBatchException(made)), first))));
        });
    }

    private String fingerprint(BatchSpec spec, @Nullable UUID parent) {
        try {
            return IdempotencyKey.digest(List.of(mapper.writeValueAsString(spec), String.valueOf(parent)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a batch that was asked for is no JSON", e);
        }
    }

    /** A batch, and the runners that wait to be started. */
    public record Held(Batch batch, List<BatchRun> runs) {}

    /**
     * Whose jobs are runners of a batch.
     *
     * @param queue of those jobs
     * @param jobId of the job that a runner will have
     */
    public record Holder(String queue, Function<BatchRun, String> jobId) {}

    /**
     * Makes a batch whose runners are jobs of the caller, who enqueues them once this has succeeded. Where nobody does, they are
     * replaced by the platform's after {@link BatchConfig#lostAfter}. All or nothing.
     *
     * <p>Fails with {@link InvalidBatchException}.
     *
     * @param with what is to be done in the same transaction, once the batch is there
     */
    public Uni<Held> createHeld(
            BatchSpec spec, String by, String byName, Holder holder, BiFunction<SqlConnection, UUID, Uni<Void>> with) {
        return Uni.createFrom().deferred(() -> {
            Instant now = clock.instant();
            CheckedBatch batch = checks.checked(spec, null, now, by, byName);
            List<JsonNode> items = spec.items() == null ? List.of() : spec.items();
            UUID id = BatchIds.next(now);
            return store.inTransaction(transaction -> lifecycle
                            .createHeld(transaction, id, batch, items, holder)
                            .call(() -> with.apply(transaction, id)))
                    .chain(runs -> find(id).map(made -> new Held(made, runs)));
        });
    }

    /** A batch, and those of its runners that are this job. Fails with {@link NoSuchBatchException}. */
    public Uni<Held> held(UUID id, String jobId) {
        return find(id).chain(batch -> store.heldBy(id, jobId).map(runs -> new Held(batch, runs)));
    }

    /** As if it had never been, with nothing of it told to anybody: for a batch whose runners could not be started. */
    public Uni<Void> forget(UUID id) {
        return store.forget(id);
    }

    /** Adds to what a batch counts, in a transaction of the caller. */
    public Uni<Void> count(SqlConnection transaction, UUID id, Map<String, Long> numbers) {
        return store.count(transaction, id, numbers);
    }

    /**
     * Adds items to an open batch.
     *
     * @param at the number of the first item, as the caller counts; null: whatever it is
     * @return the batch afterwards; fails with {@link InvalidBatchException} where the batch takes none
     */
    public Uni<Batch> append(UUID id, BatchStore.Input input, @Nullable Long at) {
        return store.inTransaction(transaction -> store.append(transaction, id, input, false, at, config.maxItems())
                        .call(first -> first.isEmpty()
                                ? Uni.createFrom().voidItem()
                                : store.find(transaction, id).chain(batch -> lifecycle.wake(transaction, batch))))
                .chain(first -> first.isPresent() ? find(id) : refused(id, at));
    }

    private Uni<Batch> refused(UUID id, @Nullable Long at) {
        return store.whyRefused(id, at).map(why -> {
            throw switch (why) {
                case UNKNOWN -> new NoSuchBatchException(id);
                case ENDED -> new BatchStateException("the batch has ended");
                case SEALED -> new BatchStateException("the batch is sealed: it takes no more items");
                case ELSEWHERE -> new BatchStateException("the batch does not have " + at + " items");
                case FULL ->
                    new InvalidBatchException("items", "a batch may have at most " + config.maxItems() + " items");
            };
        });
    }

    /**
     * Makes a batch of whatever a stream brings, some items in memory at a time; chunks run meanwhile. Where the stream
     * fails, the batch is cancelled.
     */
    public <I> Uni<Batch> createFrom(BatchSpec spec, Multi<I> items) {
        return create(spec.opened()).chain(batch -> items.<JsonNode>map(mapper::valueToTree)
                .group()
                .intoLists()
                .of(STREAM_STEP)
                .onItem()
                .transformToUniAndConcatenate(some -> append(batch.id(), BatchStore.Input.of(some), null))
                .collect()
                .last()
                .chain(() -> seal(batch.id()))
                .onFailure()
                .call(failure -> cancel(batch.id()))
                .chain(() -> find(batch.id())));
    }

    /** No more items come. */
    public Uni<Changed> seal(UUID id) {
        return store.inTransaction(transaction -> store.seal(transaction, id)
                        .call(done -> done
                                ? lifecycle.endIfDone(transaction, id)
                                : Uni.createFrom().item(false)))
                .chain(done -> changed(id, done));
    }

    /** Stops a batch: what waits is never run, what runs is told, what has ended stays as it is. Its children end with it. */
    public Uni<Changed> cancel(UUID id) {
        return store.busy(id)
                .chain(runs -> store.inTransaction(transaction -> store.cancel(transaction, id)
                                .call(cancelled -> cancelled.isEmpty()
                                        ? Uni.createFrom().voidItem()
                                        : lifecycle.afterEnd(transaction, cancelled.get())))
                        .call(cancelled -> cancelled.isEmpty()
                                ? Uni.createFrom().voidItem()
                                : cancelJobs(runs).chain(() -> cancelChildren(id))))
                .chain(cancelled -> changed(id, cancelled.isPresent()));
    }

    /** To be quick only: a runner asks for the state of its batch before each chunk. */
    private Uni<Void> cancelJobs(List<BatchRun> runs) {
        return Multi.createFrom()
                .iterable(runs)
                .onItem()
                .transformToUniAndConcatenate(run -> jobAdmin.cancel(run.jobId(), "its batch was cancelled")
                        .onFailure()
                        .invoke(failure -> LOG.debugf("batch job %s: %s", run.jobId(), failure.getMessage()))
                        .onFailure()
                        .recoverWithNull())
                .collect()
                .last()
                .replaceWithVoid();
    }

    private Uni<Void> cancelChildren(UUID id) {
        return store.openChildren(id).chain(children -> Multi.createFrom()
                .iterable(children)
                .onItem()
                .transformToUniAndConcatenate(this::cancel)
                .collect()
                .last()
                .replaceWithVoid());
    }

    /** Chunks that run are finished; no other begins. */
    public Uni<Changed> pause(UUID id) {
        return store.inTransaction(transaction -> store.setPaused(transaction, id, true))
                .chain(paused -> changed(id, paused.isPresent()));
    }

    public Uni<Changed> resume(UUID id) {
        return store.inTransaction(transaction -> store.setPaused(transaction, id, false)
                        .call(resumed -> resumed.isEmpty()
                                ? Uni.createFrom().voidItem()
                                : lifecycle.wake(transaction, resumed.get())))
                .chain(resumed -> changed(id, resumed.isPresent()));
    }

    /** Runs the failed items of a batch that has ended again, and nothing else. */
    public Uni<Changed> retryFailed(UUID id) {
        return store.inTransaction(transaction -> store.retryFailed(transaction, id)
                        .call(retried -> retried.isEmpty()
                                ? Uni.createFrom().voidItem()
                                : lifecycle
                                        .reopened(transaction, retried.get())
                                        .chain(() -> lifecycle.wake(transaction, retried.get()))))
                .chain(retried -> changed(id, retried.isPresent()));
    }

    /** The same, by jobs of the caller. Without runners: nothing of it failed, or it has not ended. */
    public Uni<Held> retryFailedHeld(UUID id, Holder holder) {
        return store.inTransaction(transaction -> store.retryFailed(transaction, id)
                        .chain(retried -> retried.isEmpty()
                                ? Uni.createFrom().item(List.<BatchRun>of())
                                : lifecycle
                                        .reopened(transaction, retried.get())
                                        .chain(() -> lifecycle.wakeHeld(transaction, id, holder))))
                .chain(runs -> find(id).map(batch -> new Held(batch, runs)));
    }

    private Uni<Changed> changed(UUID id, boolean done) {
        return store.find(id)
                .map(batch ->
                        new Changed(batch.isEmpty() ? Change.UNKNOWN : done ? Change.DONE : Change.CONFLICT, batch));
    }

    private Uni<Batch> find(UUID id) {
        return store.find(id).map(found -> found.orElseThrow(() -> new NoSuchBatchException(id)));
    }
}
