package io.penstock.worker.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.common.history.HistoryPartitions;
import io.penstock.common.history.HistoryPolicy;
import io.penstock.common.history.HistoryQueries;
import io.penstock.common.history.HistoryRow;
import io.penstock.common.history.HistoryTime;
import io.penstock.common.history.JobHistoryStore;
import io.penstock.common.job.JobLabels;
import io.penstock.common.job.JobOptions;
import io.penstock.common.queue.JobAdmin;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.UnreportedEnd;
import io.penstock.common.queue.UnreportedEnds;
import io.penstock.common.queue.redis.RedisJobAdmin;
import io.penstock.common.queue.redis.RedisJobQueue;
import io.penstock.common.queue.redis.RedisUnreportedEnds;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.penstock.common.testing.PostgresFixture;
import io.penstock.common.testing.RedisFixture;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Ends that operators bring about, in a real Redis, on their way into a real PostgreSQL. */
class UnreportedEndsWriterTest {

    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final QueuePolicy KEEPS = QueuePolicy.defaults(HistoryHarness.FAILURES);
    private static final QueuePolicy KEEPS_NOTHING = QueuePolicy.defaults(HistoryHarness.NONE);

    private final RedisFixture redis = new RedisFixture();
    private final PostgresFixture postgres = new PostgresFixture();
    private final RedisRouter routes = redis.routes();
    private final QueuePolicies policies = new QueuePolicies(List.of(KEEPS, KEEPS_NOTHING));
    private final RedisJobQueue queue = new RedisJobQueue(routes, policies, DEADLINE);
    private final JobAdmin admin = new RedisJobAdmin(routes, policies, queue, DEADLINE);
    private final UnreportedEnds ends = new RedisUnreportedEnds(routes, DEADLINE);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final UnreportedEndsWriter writer = writer(ends);

    @AfterEach
    void close() {
        routes.close();
        redis.close();
        postgres.close();
    }

    private UnreportedEndsWriter writer(UnreportedEnds of) {
        return new UnreportedEndsWriter(
                of,
                new JobHistoryStore(postgres.pool(), new HistoryPartitions(postgres.pool()), DEADLINE),
                new HistoryPolicies(Map.of(
                        HistoryHarness.FAILURES, new HistoryPolicies.Kept(HistoryPolicy.FAILURES, false),
                        HistoryHarness.NONE, new HistoryPolicies.Kept(HistoryPolicy.NONE, false))),
                new HistoryMeters(registry, new HistoryBuffer(10, 10_000)));
    }

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(30));
    }

    private String cancelled(QueuePolicy policy) {
        JobOptions options = JobOptions.DEFAULT.withLabels(
                new JobLabels(Optional.empty(), Optional.of("acme"), List.of("eu", "big")));
        String id = get(queue.enqueue(new NewJob("test.work", policy.queue(), "{}", 1, options, Optional.empty())))
                .jobId();
        get(admin.cancel(id, "off"));
        return id;
    }

    private long rows() {
        return postgres.count("SELECT count(*) FROM job_history");
    }

    private long notes(QueuePolicy policy) {
        return redis.count("XLEN", RedisKeys.unreported(policy.queue(), 0));
    }

    @Test
    void aWaitingJobThatIsCancelledHasItsRow() {
        Instant before = Instant.now().minusSeconds(5);
        String id = cancelled(KEEPS);
        get(writer.runOnce(KEEPS, 0));

        HistoryTime time = HistoryTime.of(null, null, Instant.now().plusSeconds(5), HistoryTime.DEFAULT);
        HistoryRow row = get(new HistoryQueries(postgres.pool(), DEADLINE).latest(id, time))
                .orElseThrow();
        assertThat(row.state()).isEqualTo("cancelled");
        assertThat(row.queue()).isEqualTo(KEEPS.queue());
        assertThat(row.type()).isEqualTo("test.work");
        assertThat(row.attempt()).isZero();
        assertThat(row.tenant()).isEqualTo("acme");
        assertThat(row.tags()).containsExactly("eu", "big");
        assertThat(row.endedAt()).isAfter(before);
        assertThat(row.startedAt()).isNull();
        assertThat(row.error()).isNull();
        assertThat(notes(KEEPS)).isZero();
    }

    @Test
    void aQueueThatKeepsNothingHasItsNotesDropped() {
        cancelled(KEEPS_NOTHING);
        get(writer.runOnce(KEEPS_NOTHING, 0));

        assertThat(rows()).isZero();
        assertThat(notes(KEEPS_NOTHING)).isZero();
    }

    @Test
    void aCrashBetweenRowAndNoteMakesNoSecondRow() {
        cancelled(KEEPS);
        UnreportedEnds crashing = new UnreportedEnds() {
            @Override
            public Uni<Found> oldest(QueuePolicy policy, int partition, int most) {
                return ends.oldest(policy, partition, most);
            }

            @Override
            public Uni<Void> drop(QueuePolicy policy, int partition, List<UnreportedEnd> told) {
                return Uni.createFrom().failure(new IllegalStateException("killed"));
            }
        };
        get(writer(crashing).runOnce(KEEPS, 0).onFailure().recoverWithNull());
        assertThat(rows()).isEqualTo(1);
        assertThat(notes(KEEPS)).isEqualTo(1);

        get(writer.runOnce(KEEPS, 0));

        assertThat(rows()).isEqualTo(1);
        assertThat(notes(KEEPS)).isZero();
    }

    @Test
    void whatPostgresDoesNotTakeNowWaitsInRedis() {
        cancelled(KEEPS);
        postgres.sql("ALTER TABLE job_history RENAME TO job_history_away");
        get(writer.runOnce(KEEPS, 0));
        assertThat(notes(KEEPS)).isEqualTo(1);

        postgres.sql("ALTER TABLE job_history_away RENAME TO job_history");
        get(writer.runOnce(KEEPS, 0));

        assertThat(rows()).isEqualTo(1);
        assertThat(notes(KEEPS)).isZero();
    }

    @Test
    void aDrainedQueueHasARowForEachJob() {
        get(queue.enqueueAll(IntStream.range(0, 450)
                .mapToObj(i -> new NewJob("test.work", KEEPS.queue(), "{}", 1, JobOptions.DEFAULT, Optional.empty()))
                .toList()));
        get(admin.drain(KEEPS.queue(), true));
        get(writer.runOnce(KEEPS, 0));

        assertThat(postgres.count("SELECT count(DISTINCT job_id) FROM job_history WHERE state = 'cancelled'"))
                .isEqualTo(450);
        assertThat(notes(KEEPS)).isZero();
    }

    @Test
    void endsWithoutANoteAreCounted() {
        redis.run("HINCRBY", RedisKeys.meta(KEEPS.queue(), 0), "unreported", 3);
        get(writer.runOnce(KEEPS, 0));

        assertThat(registry.get("penstock.history.missed").counter().count()).isEqualTo(3);
    }
}
