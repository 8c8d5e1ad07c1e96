package io.penstock.common.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobState;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.FinishedJob;
import io.penstock.common.queue.JobStatuses;
import io.penstock.common.queue.JobStatuses.Statuses;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.Lane;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.redis.RedisRouter;
import io.penstock.common.testing.RedisFixture;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Ids that are accepted once, whatever becomes of their jobs, and what is told of many jobs at once. */
class EnqueueOnceTest {

    private static final String QUEUE = "orders";
    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final Duration MEMORY = Duration.ofMinutes(5);

    private final RedisFixture redis = new RedisFixture();
    private final QueuePolicy policy = QueuePolicy.defaults(QUEUE);
    private final QueuePolicies policies = new QueuePolicies(List.of(policy));
    private final RedisRouter routes = redis.routes();
    private final RedisJobQueue queue = new RedisJobQueue(routes, policies, DEADLINE);
    private final JobStatuses statuses = new RedisJobStatuses(routes, policies, queue, DEADLINE);
    private final RedisQueueConsumers consumers =
            new RedisQueueConsumers(redis.vertx(), redis.servers(), policies, DEADLINE);

    @AfterEach
    void close() {
        consumers.close();
        routes.close();
        redis.close();
    }

    @Test
    void anIdIsAcceptedOnceEvenAfterItsJobHasEnded() {
        assertThat(once("a", "b")).containsExactly(true, true);
        finishAll();
        redis.run("DEL", "queue:{orders:0}:completed");
        assertThat(once("a", "c", "b")).containsExactly(false, true, false);
        assertThat(await(queue.status(QUEUE)).waiting()).isEqualTo(1);
        assertThat(once("a", "b", "c")).containsExactly(false, false, false);
    }

    /** As the releases before write it: a scheduler of theirs beside one of ours must not double an instant. */
    @Test
    void anIdThatAnotherReleaseAcceptedIsNotAcceptedAgain() {
        long now = redis.run("TIME").get(0).toLong() * 1_000;
        redis.run("ZADD", "queue:{orders:0}:remembered", "" + now, "a");
        assertThat(once("a", "b")).containsExactly(false, true);
        assertThat(redis.run("ZSCORE", "queue:{orders:0}:remembered", "b").toDouble())
                .isGreaterThanOrEqualTo(now);
    }

    @Test
    void answersKeepTheirOrder() {
        once("b", "d");
        List<Enqueued> answers = await(queue.enqueueOnce(jobs("a", "b", "c", "d", "e"), MEMORY));
        assertThat(answers).extracting(Enqueued::jobId).containsExactly("a", "b", "c", "d", "e");
        assertThat(answers).extracting(Enqueued::added).containsExactly(true, false, true, false, true);
    }

    @Test
    void anIdIsForgottenAfterTheMemory() {
        Duration shortly = Duration.ofMillis(50);
        await(queue.enqueueOnce(jobs("a"), shortly));
        finishAll();
        redis.passMillis(60);
        assertThat(await(queue.enqueueOnce(jobs("a"), shortly)).get(0).added()).isTrue();
        redis.passMillis(60);
        assertThat(redis.count("EXISTS", "queue:{orders:0}:remembered")).isZero();
    }

    @Test
    void aLiveIdOfBeforeTheMemoryIsNotAddedEither() {
        await(queue.enqueue(jobs("a").get(0)));
        assertThat(once("a")).containsExactly(false);
        assertThat(await(queue.status(QUEUE)).waiting()).isEqualTo(1);
    }

    @Test
    void tellsWhatBecameOfManyJobs() {
        once("done", "dead", "active", "waiting");
        try (QueueConsumer consumer = consumers.open(policy, 0, Lane.MAIN, "w")) {
            List<ClaimedJob> claimed = await(consumer.claim(3, Duration.ofMillis(1)));
            for (ClaimedJob job : claimed) {
                if (job.id().equals("done")) {
                    await(consumer.finish(List.of(new FinishedJob(job, Instant.now(), Instant.now(), "7"))));
                } else if (job.id().equals("dead")) {
                    await(consumer.bury(job, "asked to"));
                }
            }
        }
        Statuses found = await(statuses.of(QUEUE, List.of("done", "dead", "active", "waiting", "never", "done")));
        assertThat(found.live()).containsExactlyInAnyOrder("active", "waiting");
        assertThat(found.ended()).containsOnlyKeys("done", "dead");
        assertThat(found.ended().get("done"))
                .extracting(JobView::state, JobView::result)
                .containsExactly(JobState.COMPLETED, "7");
        assertThat(found.ended().get("dead"))
                .extracting(JobView::state, JobView::error)
                .containsExactly(JobState.DEAD, "asked to");
        assertThat(await(statuses.of("no-such-queue", List.of("done"))).live()).isEmpty();
    }

    private List<Boolean> once(String... ids) {
        return await(queue.enqueueOnce(jobs(ids), MEMORY)).stream()
                .map(Enqueued::added)
                .toList();
    }

    private static List<NewJob> jobs(String... ids) {
        return Stream.of(ids)
                .map(id -> new NewJob("test.work", QUEUE, "{}", 1, JobOptions.DEFAULT.withId(id), Optional.empty()))
                .toList();
    }

    private void finishAll() {
        try (QueueConsumer consumer = consumers.open(policy, 0, Lane.MAIN, "w")) {
            List<ClaimedJob> claimed = await(consumer.claim(100, Duration.ofMillis(1)));
            await(consumer.finish(claimed.stream()
                    .map(job -> new FinishedJob(job, Instant.now(), Instant.now(), null))
                    .toList()));
        }
    }

    private static <T> T await(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(20));
    }
}
