package io.penstock.worker.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.diagnostics.DiagnosticsJobs;
import io.penstock.common.diagnostics.Fail;
import io.penstock.common.diagnostics.Ping;
import io.penstock.common.history.HistoryPartitions;
import io.penstock.common.history.HistoryQueries;
import io.penstock.common.history.HistoryRow;
import io.penstock.common.history.HistoryTime;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.RetryPolicy;
import io.penstock.common.queue.JobAdmin;
import io.penstock.common.queue.JobEnqueuer;
import io.penstock.common.testing.ServersResource;
import io.penstock.worker.run.Worker;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A whole worker process writes the history, with the settings that ship. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class HistoryTest {

    @Inject
    JobEnqueuer jobs;

    @Inject
    JobAdmin admin;

    @Inject
    HistoryQueries history;

    @Inject
    HistoryPartitions partitions;

    @Inject
    Worker worker;

    @Inject
    Pool pool;

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(10));
    }

    private Optional<HistoryRow> latest(String id) {
        return get(history.latest(id, HistoryTime.of(null, null, Instant.now(), HistoryTime.DEFAULT)));
    }

    @Test
    void failuresAreKeptAttemptByAttempt() {
        JobOptions quick = JobOptions.DEFAULT.withRetry(RetryPolicy.fixed(Duration.ofMillis(10)));
        String id = get(jobs.enqueue(DiagnosticsJobs.FAIL, new Fail(100, false), quick))
                .jobId();

        await().atMost(Duration.ofSeconds(15))
                .until(() -> latest(id).map(HistoryRow::state).equals(Optional.of("dead")));

        HistoryRow dead = latest(id).orElseThrow();
        assertThat(dead.attempt()).isEqualTo(3);
        assertThat(dead.error()).contains("asked to fail 100 times").contains("FailHandler");
        assertThat(dead.worker()).isEqualTo(worker.id());
        String rowsAndFingerprints = get(pool.preparedQuery(
                        "SELECT count(*) || '/' || count(DISTINCT fingerprint) FROM job_history WHERE job_id = $1")
                .execute(Tuple.of(id))
                .map(rows -> rows.iterator().next().getString(0)));
        assertThat(rowsAndFingerprints).isEqualTo("3/1");
    }

    @Test
    void completedJobsOfAQueueThatKeepsFailuresLeaveNoRow() {
        String completed = get(jobs.enqueue(DiagnosticsJobs.PING, new Ping())).jobId();
        String id = get(jobs.enqueue(DiagnosticsJobs.FAIL, new Fail(0, true))).jobId();
        await().atMost(Duration.ofSeconds(15)).until(() -> latest(id).isPresent());

        assertThat(latest(completed)).isEmpty();
    }

    @Test
    void anEndThatNoWorkerHadInHandHasItsRowToo() {
        JobOptions later = JobOptions.DEFAULT.withDelay(Duration.ofHours(1));
        String id = get(jobs.enqueue(DiagnosticsJobs.PING, new Ping(), later)).jobId();
        get(admin.cancel(id, "off"));

        await().atMost(Duration.ofSeconds(15))
                .until(() -> latest(id).map(HistoryRow::state).equals(Optional.of("cancelled")));
    }

    @Test
    void theDaysToComeExistSoonAfterTheStart() {
        await().atMost(Duration.ofSeconds(10)).until(() -> get(partitions.days())
                .contains(HistoryPartitions.dayOf(Instant.now()).plusDays(3)));
    }
}
