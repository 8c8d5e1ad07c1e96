package io.penstock.worker.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.batch.Batch;
import io.penstock.common.batch.BatchKeep;
import io.penstock.common.batch.BatchRun;
import io.penstock.common.batch.BatchStore;
import io.penstock.common.batch.BatchWork;
import io.penstock.common.batch.Chunk;
import io.penstock.common.batch.Recorded;
import io.penstock.common.diagnostics.DiagnosticsJobs;
import io.penstock.common.diagnostics.Ping;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobState;
import io.penstock.common.operations.BulkAction;
import io.penstock.common.operations.BulkFilter;
import io.penstock.common.operations.BulkJob;
import io.penstock.common.operations.BulkOperation;
import io.penstock.common.operations.BulkOperations;
import io.penstock.common.operations.BulkScan;
import io.penstock.common.operations.OperationsJobs;
import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.JobAdmin;
import io.penstock.common.queue.JobEnqueuer;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.JobView;
import io.penstock.common.testing.ServersResource;
import io.penstock.worker.batch.ItemContext;
import io.penstock.worker.run.JobHandler;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Operations on many jobs, worked off by a whole worker on a real Redis and a real PostgreSQL. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class BulkOperationsTest {

    private static final String QUEUE = DiagnosticsJobs.PING.queue();
    private static final String BATCHES = OperationsJobs.BULK.queue();

    @Inject
    BulkOperations operations;

    @Inject
    JobEnqueuer jobs;

    @Inject
    JobQueue queue;

    @Inject
    BatchWork work;

    @Inject
    BatchStore store;

    @Inject
    BulkPageHandler pages;

    @Inject
    JobHandler<BatchKeep> keep;

    @Inject
    Pool pool;

    private final String tag = "bulk-" + UUID.randomUUID();

    @AfterEach
    void resume() {
        get(queue.resume(BATCHES));
    }

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(60));
    }

    /** Jobs that nobody works off meanwhile. */
    private List<String> enqueue(int count) {
        JobOptions options = JobOptions.DEFAULT.withDelay(Duration.ofDays(1)).withTags(tag);
        List<String> ids = new ArrayList<>();
        while (ids.size() < count) {
            int some = Math.min(1_000, count - ids.size());
            get(jobs.enqueueAll(
                            DiagnosticsJobs.PING,
                            Collections.nCopies(some, new JobEnqueuer.Item<>(new Ping(), options))))
                    .stream()
                    .map(Enqueued::jobId)
                    .forEach(ids::add);
        }
        return ids;
    }

    private BulkFilter filter() {
        return new BulkFilter(QUEUE, null, null, null, List.of(tag), null, null, null, null);
    }

    private BulkOperation start(BulkAction action) {
        return get(operations.start(action, filter(), JobAdmin.Children.RETRY, "key", "a tester"));
    }

    private BulkOperation find(BulkOperation operation) {
        return get(operations.find(operation.id())).orElseThrow();
    }

    private BulkOperation awaitEnd(BulkOperation operation) {
        await().atMost(Duration.ofSeconds(180))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> find(operation).state() != BulkOperation.State.RUNNING);
        return find(operation);
    }

    private long cancelled() {
        return get(queue.status(QUEUE)).cancelled();
    }

    @Test
    void cancelsTwentyThousandJobsAcrossAnAbort() {
        long before = cancelled();
        enqueue(20_000);
        assertThat(get(operations.dryRun(BulkAction.CANCEL, filter())).matching())
                .isBetween(15_000L, 20_000L);
        assertThat(cancelled()).as("a dry run changes nothing").isEqualTo(before);

        BulkOperation first = start(BulkAction.CANCEL);
        List<String> later = enqueue(10);
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> find(first).progress().done() > 0);
        BulkOperation aborted = get(operations.abort(first.id())).orElseThrow();

        assertThat(aborted.state()).isEqualTo(BulkOperation.State.ABORTED);
        assertThat(aborted.progress().done()).isBetween(1L, 19_999L);
        assertThat(get(operations.abort(first.id()))).as("it has ended").isEmpty();
        // The chunk that was under way may still end, and one that was begun meanwhile: about five hundred jobs each.
        awaitJobOf(first);
        long doneInAll = cancelled() - before;
        assertThat(doneInAll)
                .isBetween(aborted.progress().done(), aborted.progress().done() + 1_200);

        BulkOperation second = awaitEnd(start(BulkAction.CANCEL));

        assertThat(second.state()).isEqualTo(BulkOperation.State.COMPLETED);
        assertThat(second.progress().failed()).isZero();
        assertThat(second.progress().done()).isEqualTo(20_010 - doneInAll);
        assertThat(cancelled() - before).isEqualTo(20_010);
        assertThat(later).hasSize(10);
        assertThat(get(operations.dryRun(BulkAction.CANCEL, filter()))).satisfies(count -> {
            assertThat(count.matching()).isZero();
            assertThat(count.complete()).isTrue();
        });
    }

    private void awaitJobOf(BulkOperation operation) {
        await().atMost(Duration.ofSeconds(60)).until(() -> get(queue.find("bulk-" + operation.id()))
                .map(JobView::state)
                .filter(JobState.COMPLETED::equals)
                .isPresent());
    }

    @Test
    void neverTouchesJobsAcceptedLater() {
        get(queue.pause(BATCHES));
        List<String> meant = enqueue(5);
        BulkOperation operation = start(BulkAction.DELETE);
        List<String> later = enqueue(5);

        get(queue.resume(BATCHES));

        BulkOperation ended = awaitEnd(operation);
        assertThat(ended.progress().done()).isEqualTo(5);
        assertThat(meant).allMatch(id -> get(queue.find(id)).isEmpty());
        assertThat(later).allMatch(id -> get(queue.find(id)).orElseThrow().state() == JobState.SCHEDULED);
    }

    @Test
    void goesOnWhereAKilledWorkerWas() {
        get(queue.pause(BATCHES));
        enqueue(1_000);
        BulkOperation operation = start(BulkAction.DELETE);
        for (int chunk = 0; chunk < 2; chunk++) {
            Chunk page = nextPage(operation);
            List<Recorded> results = results(operation, page);
            get(work.record(page, results, true));
            BulkOperation before = find(operation);
            get(work.record(page, results, true));
            assertThat(find(operation).progress())
                    .as("a worker that comes back late has no say any more")
                    .isEqualTo(before.progress());
        }
        BulkOperation afterTwo = find(operation);
        assertThat(afterTwo.progress().examined())
                .isGreaterThanOrEqualTo(afterTwo.progress().done());
        assertThat(afterTwo.progress().done()).isPositive();

        get(queue.resume(BATCHES));

        BulkOperation ended = awaitEnd(operation);
        assertThat(ended.state()).isEqualTo(BulkOperation.State.COMPLETED);
        assertThat(ended.progress().done()).isEqualTo(1_000);
        assertThat(ended.progress().skipped()).isZero();
    }

    /** It may wait long where the queue is paused, or others are before it. */
    @Test
    void anOperationWhoseJobWaitsIsNotTakenForLost() {
        get(queue.pause(BATCHES));
        enqueue(3);
        BulkOperation operation = start(BulkAction.DELETE);
        get(pool.preparedQuery(
                        "UPDATE batch_operation_runners SET seen_at = now() - interval '1 hour' WHERE batch_id = $1")
                .execute(Tuple.of(operation.id())));

        get(keep.handle(new BatchKeep(), null));

        assertThat(get(queue.find("batch-" + operation.id() + "-0-2"))).isEmpty();
        get(queue.resume(BATCHES));
        assertThat(awaitEnd(operation).progress().done()).isEqualTo(3);
        awaitJobOf(operation);
    }

    /** What the runner of the operation would take. */
    private Chunk nextPage(BulkOperation operation) {
        BatchRun run = new BatchRun(operation.id(), 0, 1);
        Batch batch = get(work.begin(run, run.jobId(), null)).orElseThrow();
        return get(work.next(batch, run, true)).orElseThrow();
    }

    private List<Recorded> results(BulkOperation operation, Chunk page) {
        Batch batch = get(store.find(operation.id())).orElseThrow();
        ItemContext context = new ItemContext(
                batch.id(), batch.tenant(), batch.settings().conflict(), batch.config(), batch.createdByName());
        return page.items().stream()
                .map(item -> new Recorded(
                        item.item(),
                        get(pages.handle(new JsonObject(item.json()).mapTo(BulkScan.Position.class), context)),
                        Instant.now(),
                        Instant.now()))
                .toList();
    }

    /** As a worker finds it during a deploy: its row is of the time before operations were batches. */
    @Test
    void goesOnWithAnOperationOfTheTimeBefore() {
        List<String> ids = enqueue(5);
        UUID id = UUID.randomUUID();
        get(pool.preparedQuery(
                        "INSERT INTO bulk_operation (id, action, filter, frozen_at, looked_at, done, asked_by, asked_by_name)"
                                + " VALUES ($1, 'delete', $2, now(), 7, 3, 'key', 'a tester')")
                .execute(Tuple.of(id, JsonObject.mapFrom(filter()))));
        BulkOperation before = get(operations.find(id)).orElseThrow();
        assertThat(before.state()).isEqualTo(BulkOperation.State.RUNNING);

        String jobId = get(jobs.enqueue(OperationsJobs.BULK, new BulkJob(id))).jobId();

        await().atMost(Duration.ofSeconds(30)).until(() -> get(queue.find(jobId))
                .filter(job -> job.state() == JobState.COMPLETED)
                .isPresent());
        BulkOperation after = get(operations.find(id)).orElseThrow();
        assertThat(after.state()).isEqualTo(BulkOperation.State.COMPLETED);
        assertThat(after.progress().done()).isEqualTo(3 + 5);
        assertThat(after.requestedByName()).isEqualTo("a tester");
        assertThat(ids).allMatch(job -> get(queue.find(job)).isEmpty());
        assertThat(get(operations.list(Instant.now().plusSeconds(60), 200)))
                .extracting(BulkOperation::id)
                .contains(after.id())
                .doesNotContain(id);
    }

    @Test
    void runsScheduledJobsNow() {
        List<String> ids = enqueue(20);

        BulkOperation ended = awaitEnd(start(BulkAction.RUN_NOW));

        assertThat(ended.progress().done()).isEqualTo(20);
        assertThat(ids).allSatisfy(id -> await().atMost(Duration.ofSeconds(30))
                .until(() -> get(queue.find(id)).map(JobView::state).equals(Optional.of(JobState.COMPLETED))));
    }

    @Test
    void anOperationThatIsGoneFailsItsJob() {
        String id = get(jobs.enqueue(OperationsJobs.BULK, new BulkJob(UUID.randomUUID())))
                .jobId();

        await().atMost(Duration.ofSeconds(30))
                .until(() -> get(queue.find(id)).orElseThrow().state() == JobState.DEAD);
    }
}
