package io.penstock.worker.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.diagnostics.DiagnosticsJobs;
import io.penstock.common.diagnostics.Ping;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobState;
import io.penstock.common.operations.BulkAction;
import io.penstock.common.operations.BulkFilter;
import io.penstock.common.operations.BulkJob;
import io.penstock.common.operations.BulkOperation;
import io.penstock.common.operations.BulkOperations;
import io.penstock.common.operations.OperationsJobs;
import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.JobAdmin;
import io.penstock.common.queue.JobEnqueuer;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.JobView;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.time.Duration;
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
        // The chunk that was under way may still end.
        awaitJobOf(first);
        long doneInAll = cancelled() - before;
        assertThat(doneInAll)
                .isBetween(aborted.progress().done(), aborted.progress().done() + 200);

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
        BulkOperation afterTwo = operation;
        for (int chunk = 0; chunk < 2; chunk++) {
            afterTwo = get(operations.runChunk(afterTwo)).orElseThrow();
        }
        assertThat(get(operations.runChunk(operation)))
                .as("a worker that comes back late has no say any more")
                .isEmpty();
        assertThat(afterTwo.progress().done()).isPositive();

        get(queue.resume(BATCHES));

        BulkOperation ended = awaitEnd(operation);
        assertThat(ended.state()).isEqualTo(BulkOperation.State.COMPLETED);
        assertThat(ended.progress().done()).isEqualTo(1_000);
        assertThat(ended.progress().skipped()).isZero();
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
