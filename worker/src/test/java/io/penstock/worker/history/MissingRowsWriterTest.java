package io.penstock.worker.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.common.history.HistoryPartitions;
import io.penstock.common.history.HistoryPolicy;
import io.penstock.common.history.JobHistoryStore;
import io.penstock.common.job.JobOptions;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.FinishedJob;
import io.penstock.common.queue.Lane;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.redis.RedisJobAdmin;
import io.penstock.common.queue.redis.RedisJobQueue;
import io.penstock.common.queue.redis.RedisQueueConsumers;
import io.penstock.common.queue.redis.RedisRetainedEnds;
import io.penstock.common.queue.redis.RedisUnreportedEnds;
import io.penstock.common.redis.RedisRouter;
import io.penstock.common.testing.PostgresFixture;
import io.penstock.common.testing.RedisFixture;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Ends whose worker did not live to tell the history, or was not told that they were stored. */
class MissingRowsWriterTest {

    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final QueuePolicy ALL = QueuePolicy.defaults(HistoryHarness.ALL);
    private static final QueuePolicy FAILURES = QueuePolicy.defaults(HistoryHarness.FAILURES);

    private final RedisFixture redis = new RedisFixture();
    private final PostgresFixture postgres = new PostgresFixture();
    private final RedisRouter routes = redis.routes();
    private final QueuePolicies policies = new QueuePolicies(List.of(ALL, FAILURES));
    private final RedisJobQueue queue = new RedisJobQueue(routes, policies, DEADLINE);
    private final RedisQueueConsumers consumers =
            new RedisQueueConsumers(redis.vertx(), redis.servers(), policies, DEADLINE);
    private final JobHistoryStore store =
            new JobHistoryStore(postgres.pool(), new HistoryPartitions(postgres.pool()), DEADLINE);
    private final HistoryPolicies kept = new HistoryPolicies(Map.of(
            ALL.queue(), new HistoryPolicies.Kept(HistoryPolicy.ALL, false),
            FAILURES.queue(), new HistoryPolicies.Kept(HistoryPolicy.FAILURES, true)));
    private final HistoryMeters meters = new HistoryMeters(new SimpleMeterRegistry(), new HistoryBuffer(10, 10_000));
    private final MissingRowsWriter writer = writer(Duration.ofMillis(1));

    @AfterEach
    void close() {
        consumers.close();
        routes.close();
        redis.close();
        postgres.close();
    }

    /** Compares ends as soon as they are a millisecond old. */
    private MissingRowsWriter writer(Duration turn) {
        return new MissingRowsWriter(
                new RedisRetainedEnds(routes, DEADLINE),
                store,
                kept,
                meters,
                new HistoryRecorder.Limits(8_192, 100, 100),
                Duration.ofMillis(1),
                turn);
    }

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(30));
    }

    /** A worker that ends jobs and is gone before it has told the history. */
    private String ended(QueuePolicy policy, boolean well) {
        String id = get(queue.enqueue(
                        new NewJob("test.work", policy.queue(), "{\"n\":1}", 1, JobOptions.DEFAULT, Optional.empty())))
                .jobId();
        try (QueueConsumer consumer = consumers.open(policy, 0, Lane.MAIN, "w1")) {
            ClaimedJob job = get(consumer.claim(1, Duration.ofSeconds(5))).get(0);
            if (well) {
                Instant now = Instant.now();
                get(consumer.finish(List.of(new FinishedJob(job, now.minusMillis(200), now, "{\"n\":2}"))));
            } else {
                get(consumer.bury(job, "attempt 1 of 1: no such host\n\tat Somewhere"));
            }
        }
        redis.passMillis(5);
        return id;
    }

    private List<String> rows() {
        return postgres
                .sql("SELECT job_id || ' ' || state || ' ' || coalesce(result->>'n', error, '')"
                        + " || ' ' || coalesce(payload::text, '') FROM job_history ORDER BY ended_at")
                .stream()
                .map(row -> row.getString(0))
                .toList();
    }

    @Test
    void aRowThatItsWorkerDidNotLiveToWriteIsWrittenOnce() {
        String completed = ended(ALL, true);
        String dead = ended(ALL, false);
        get(writer.runOnce(ALL, 0));
        redis.passMillis(5);
        get(writer.runOnce(ALL, 0));

        assertThat(rows())
                .containsExactly(
                        completed + " completed 2 ", dead + " dead attempt 1 of 1: no such host\n\tat Somewhere ");
        assertThat(postgres.count("SELECT run_ms FROM job_history WHERE state = 'completed'"))
                .isEqualTo(200);
    }

    @Test
    void whatThePolicyDoesNotKeepIsNotWritten() {
        ended(FAILURES, true);
        String dead = ended(FAILURES, false);
        get(writer.runOnce(FAILURES, 0));

        assertThat(rows()).containsExactly(dead + " dead attempt 1 of 1: no such host\n\tat Somewhere {\"n\": 1}");
    }

    @Test
    void aRowOfTheWorkersOwnIsLeftAlone() {
        String id = ended(ALL, false);
        get(writer.runOnce(ALL, 0));
        postgres.sql("UPDATE job_history SET ended_at = ended_at + interval '300 ms', error = 'as the worker told it'");
        redis.run("HDEL", io.penstock.common.redis.RedisKeys.meta(ALL.queue(), 0), "compared");
        redis.passMillis(5);
        get(writer.runOnce(ALL, 0));

        assertThat(rows()).containsExactly(id + " dead as the worker told it ");
    }

    @Test
    void anEndThatLeftANoteHasOneRow() {
        String id = get(queue.enqueue(
                        new NewJob("test.work", ALL.queue(), "{}", 1, JobOptions.DEFAULT, Optional.empty())))
                .jobId();
        get(new RedisJobAdmin(routes, policies, queue, DEADLINE).cancel(id, "off"));
        get(new UnreportedEndsWriter(new RedisUnreportedEnds(routes, DEADLINE), store, kept, meters).runOnce(ALL, 0));
        redis.passMillis(5);
        get(writer.runOnce(ALL, 0));

        assertThat(rows()).containsExactly(id + " cancelled  ");
    }

    @Test
    void whatPostgresDoesNotTakeNowIsComparedLater() {
        String id = ended(ALL, true);
        postgres.sql("ALTER TABLE job_history RENAME TO job_history_away");
        get(writer.runOnce(ALL, 0));
        postgres.sql("ALTER TABLE job_history_away RENAME TO job_history");
        redis.passMillis(5);
        get(writer.runOnce(ALL, 0));

        assertThat(rows()).containsExactly(id + " completed 2 ");
    }

    @Test
    void oneWorkerHasTheTurn() {
        get(writer(Duration.ofHours(1)).runOnce(ALL, 0));
        ended(ALL, true);
        get(writer(Duration.ofHours(1)).runOnce(ALL, 0));

        assertThat(rows()).isEmpty();
    }
}
