package io.penstock.common.queue.redis;

import static io.penstock.common.queue.redis.QueueHarness.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.common.flow.RateLimit;
import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.JobLabels;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobState;
import io.penstock.common.job.Uniqueness;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.Dropped;
import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.QueueStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a producer may ask for one job, on a real Redis. */
@OnEveryGround
class JobFeaturesTest extends QueueContract {

    private static final JobOptions PLAIN = JobOptions.DEFAULT;

    JobFeaturesTest(Ground ground) {
        super(ground);
    }

    /** One partition, because most features are about jobs that meet in one. */
    @Override
    QueuePolicy policy() {
        return QueuePolicy.defaults(QueueHarness.QUEUE);
    }

    private static QueuePolicy grouped(int concurrency, Optional<RateLimit> limit) {
        return QueuePolicy.defaults(QueueHarness.QUEUE).withGroups(new QueuePolicy.GroupPolicy(concurrency, limit));
    }

    private static List<String> payloads(List<ClaimedJob> jobs) {
        return jobs.stream().map(ClaimedJob::payload).toList();
    }

    // uniqueness

    @Test
    void keepsASecondJobOfTheSameKeyOut() {
        Enqueued first = harness.enqueue("1", PLAIN.withUnique(Uniqueness.of("k")));
        Enqueued second = harness.enqueue("2", PLAIN.withUnique(Uniqueness.of("k")));
        Enqueued other = harness.enqueue("3", PLAIN.withUnique(Uniqueness.of("{k}:\n")));

        assertThat(second).isEqualTo(new Enqueued(first.jobId(), QueueHarness.QUEUE, false));
        assertThat(other.added()).isTrue();
        assertThat(harness.status().waiting()).isEqualTo(2);
    }

    @Test
    void freesTheKeyWhenItsJobCompletes() {
        harness.enqueue("1", PLAIN.withUnique(Uniqueness.of("k")));
        QueueConsumer worker = harness.worker("w1");
        harness.finish(worker, harness.claimOne(worker));

        assertThat(harness.enqueue("2", PLAIN.withUnique(Uniqueness.of("k"))).added())
                .isTrue();
        assertThat(harness.redis.count("HLEN", "queue:{orders:0}:unique")).isEqualTo(1);
    }

    @Test
    void freesTheKeyWhenItsJobDies() {
        harness.enqueue("1", PLAIN.withUnique(Uniqueness.of("k")));
        QueueConsumer worker = harness.worker("w1");
        await(worker.bury(harness.claimOne(worker), "no"));

        assertThat(harness.enqueue("2", PLAIN.withUnique(Uniqueness.of("k"))).added())
                .isTrue();
    }

    @Test
    void freesTheKeyWhenItsJobExpires() {
        harness.enqueue("1", PLAIN.withUnique(Uniqueness.of("k")).expiringIn(Duration.ofMillis(1)));
        QueueConsumer worker = harness.worker("w1");
        await(worker.drop(harness.claimOne(worker), Dropped.EXPIRED, "too late"));

        assertThat(harness.enqueue("2", PLAIN.withUnique(Uniqueness.of("k"))).added())
                .isTrue();
    }

    @Test
    void keepsTheKeyWhileItsJobWaitsForARetry() {
        harness.enqueue("1", PLAIN.withUnique(Uniqueness.of("k")));
        QueueConsumer worker = harness.worker("w1");
        await(worker.retryLater(harness.claimOne(worker), Duration.ofHours(1), "later"));

        assertThat(harness.enqueue("2", PLAIN.withUnique(Uniqueness.of("k"))).added())
                .isFalse();
    }

    @Test
    void freesTheKeyWhenTheWindowIsOver() {
        harness.enqueue("1", PLAIN.withUnique(Uniqueness.of("k").within(Duration.ofMillis(1))));
        harness.redis.passMillis(5);

        Enqueued second = harness.enqueue("2", PLAIN.withUnique(Uniqueness.of("k")));
        QueueConsumer worker = harness.worker("w1");
        harness.finish(worker, harness.claimOne(worker));

        assertThat(second.added()).isTrue();
        assertThat(harness.enqueue("3", PLAIN.withUnique(Uniqueness.of("k"))).added())
                .as("the end of the first must not free the key of the second")
                .isFalse();
    }

    @Test
    void aHolderThatVanishedBlocksNobody() {
        Enqueued first = harness.enqueue("1", PLAIN.withUnique(Uniqueness.of("k")));
        harness.redis.run("HDEL", "queue:{orders:0}:jobs", first.jobId());

        assertThat(harness.enqueue("2", PLAIN.withUnique(Uniqueness.of("k"))).added())
                .isTrue();
    }

    @Test
    void replacesAJobThatHasNotStarted() {
        JobOptions debounced = PLAIN.withUnique(Uniqueness.replacing("k")).withDelay(Duration.ofHours(1));
        Enqueued first = harness.enqueue("1", debounced);
        Enqueued second = harness.enqueue("2", debounced);
        Enqueued third = harness.enqueue("3", debounced.withDelay(Duration.ZERO).withPriority(4));

        assertThat(List.of(second.jobId(), third.jobId())).containsOnly(first.jobId());
        ClaimedJob claimed = harness.claimOne(harness.worker("w1"));
        assertThat(claimed.payload()).isEqualTo("3");
        assertThat(claimed.priority()).isEqualTo(4);
        assertThat(claimed.id()).isEqualTo(first.jobId());
        assertThat(harness.status().scheduled()).isZero();
    }

    @Test
    void addsTheReplacementWhileTheHolderRuns() {
        JobOptions debounced = PLAIN.withUnique(Uniqueness.replacing("k"));
        Enqueued first = harness.enqueue("1", debounced);
        QueueConsumer worker = harness.worker("w1");
        ClaimedJob running = harness.claimOne(worker);

        Enqueued second = harness.enqueue("2", debounced);
        Enqueued third = harness.enqueue("3", debounced);
        harness.finish(worker, running);

        assertThat(second.jobId()).isNotEqualTo(first.jobId());
        assertThat(third.jobId()).isEqualTo(second.jobId());
        assertThat(payloads(harness.claim(worker, 10))).containsExactly("3");
    }

    // expiry and absolute time

    @Test
    void tellsTheWorkerWhenAJobExpires() {
        Instant at = Instant.now().plusSeconds(3600).truncatedTo(java.time.temporal.ChronoUnit.MILLIS);
        harness.enqueue("1", PLAIN.expiringAt(at));
        harness.enqueue("2", PLAIN.expiringIn(Duration.ofHours(2)));
        harness.enqueue("3");

        List<ClaimedJob> jobs = harness.claim(harness.worker("w1"), 10);

        assertThat(jobs.get(0).expiresAt()).isEqualTo(at);
        assertThat(jobs.get(1).expiresAt()).isEqualTo(jobs.get(1).enqueuedAt().plus(Duration.ofHours(2)));
        assertThat(jobs.get(2).expiresAt()).isNull();
    }

    @Test
    void remembersThatAJobExpired() {
        String id = harness.enqueue("1", PLAIN.expiringIn(Duration.ofMillis(1))).jobId();
        QueueConsumer worker = harness.worker("w1");

        await(worker.drop(harness.claimOne(worker), Dropped.EXPIRED, "not started in time"));

        JobView view = harness.find(id).orElseThrow();
        assertThat(view.state()).isEqualTo(JobState.EXPIRED);
        assertThat(view.error()).isEqualTo("not started in time");
        assertThat(harness.status())
                .extracting(QueueStatus::expired, QueueStatus::active)
                .containsExactly(1L, 0L);
    }

    @Test
    void startsAtAnAbsoluteTime() {
        Enqueued later = harness.enqueue("1", PLAIN.startingAt(Instant.now().plusSeconds(3600)));
        harness.enqueue("2", PLAIN.startingAt(Instant.now().minusSeconds(3600)));

        assertThat(harness.find(later.jobId()).orElseThrow().state()).isEqualTo(JobState.SCHEDULED);
        assertThat(payloads(harness.claim(harness.worker("w1"), 10))).containsExactly("2");
    }

    // groups

    @Test
    void letsGroupsTakeTurns() {
        use(grouped(2, Optional.empty()));
        for (int i = 0; i < 10; i++) {
            harness.enqueue("a" + i, PLAIN.withGroup("a"));
        }
        harness.enqueue("b0", PLAIN.withGroup("b"));
        harness.enqueue("c0", PLAIN.withGroup("c"));

        assertThat(harness.status().waiting()).isEqualTo(12);
        assertThat(harness.status().behindGroup()).isEqualTo(8);
        List<String> order = new ArrayList<>();
        QueueConsumer worker = harness.worker("w1");
        for (int i = 0; i < 12; i++) {
            ClaimedJob job = harness.claimOne(worker);
            order.add(job.payload());
            harness.finish(worker, job);
        }
        assertThat(order).containsExactly("a0", "a1", "b0", "c0", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9");
        assertThat(harness.redis.count("HLEN", "queue:{orders:0}:groups")).isZero();
    }

    @Test
    void runsNoMoreOfAGroupThanAllowed() {
        use(grouped(1, Optional.empty()));
        harness.enqueue("a0", PLAIN.withGroup("a"));
        harness.enqueue("a1", PLAIN.withGroup("a").withPriority(3));
        harness.enqueue("a2", PLAIN.withGroup("a").withPriority(9));
        harness.enqueue("b0", PLAIN.withGroup("b"));
        QueueConsumer worker = harness.worker("w1");

        List<ClaimedJob> first = harness.claim(worker, 10);
        assertThat(payloads(first)).containsExactly("a0", "b0");
        assertThat(harness.claim(worker, 10)).isEmpty();
        harness.finish(worker, first.get(0));
        assertThat(payloads(harness.claim(worker, 10)))
                .as("the more urgent one of the group comes first")
                .containsExactly("a2");
    }

    @Test
    void aRetryGivesThePlaceInTheGroupUpMeanwhile() {
        use(grouped(1, Optional.empty()));
        harness.enqueue("a0", PLAIN.withGroup("a"));
        harness.enqueue("a1", PLAIN.withGroup("a"));
        QueueConsumer worker = harness.worker("w1");
        await(worker.retryLater(harness.claimOne(worker), Duration.ofMillis(1), "again"));

        ClaimedJob second = harness.claimOne(worker);
        harness.redis.passMillis(5);
        assertThat(harness.promoteAll()).isEqualTo(1);
        assertThat(harness.claim(worker, 10)).isEmpty();
        harness.finish(worker, second);

        assertThat(payloads(harness.claim(worker, 10))).containsExactly("a0");
    }

    @Test
    void aLostWorkerLeavesNoPlaceTaken() {
        use(grouped(1, Optional.empty()));
        harness.enqueue("a0", PLAIN.withGroup("a"));
        harness.enqueue("a1", PLAIN.withGroup("a"));
        QueueConsumer lost = harness.worker("lost");
        ClaimedJob dropped = harness.claimOne(lost);
        harness.rescueAll();

        QueueConsumer worker = harness.worker("w1");
        ClaimedJob again = harness.claimOne(worker);
        assertThat(again.payload()).isEqualTo("a0");
        assertThat(harness.finish(lost, dropped)).as("fenced").hasSize(1);
        assertThat(harness.claim(worker, 10)).isEmpty();
        harness.finish(worker, again);
        assertThat(payloads(harness.claim(worker, 10))).containsExactly("a1");
    }

    @Test
    void limitsTheStartsOfEachGroup() {
        use(grouped(10, Optional.of(new RateLimit(2, Duration.ofHours(2), 2))));
        for (int i = 0; i < 4; i++) {
            harness.enqueue("a" + i, PLAIN.withGroup("a"));
        }
        harness.enqueue("b0", PLAIN.withGroup("b"));

        assertThat(payloads(harness.claim(harness.worker("w1"), 10))).containsExactly("a0", "a1", "b0");
        assertThat(harness.status().scheduled()).isEqualTo(2);
    }

    @Test
    void groupsAndKeysWorkInPartitions() {
        use(grouped(1, Optional.empty()).withPartitions(3));
        harness.enqueue("1", PLAIN.withGroup("a"));
        harness.enqueue("2", PLAIN.withGroup("a"));
        harness.enqueue("3", PLAIN.withUnique(Uniqueness.of("k")));

        assertThat(harness.enqueue("4", PLAIN.withUnique(Uniqueness.of("k"))).added())
                .isFalse();
        assertThat(harness.status().behindGroup()).isEqualTo(1);
        assertThatThrownBy(() -> harness.enqueue(
                        "5", PLAIN.withUnique(Uniqueness.of("k")).withGroup("a")))
                .isInstanceOf(InvalidJobException.class);
    }

    @Test
    void labelsTravelWithTheJob() {
        JobOptions options = PLAIN.withGroup("g1").withTenant("acme/eu").withTags("a", "b:c");
        String id = harness.enqueue("1", options).jobId();
        JobLabels labels = options.labels();

        assertThat(harness.find(id).orElseThrow().labels()).isEqualTo(labels);
        QueueConsumer worker = harness.worker("w1");
        ClaimedJob job = harness.claimOne(worker);
        assertThat(job.labels()).isEqualTo(labels);
        harness.finish(worker, job);
        assertThat(harness.find(id).orElseThrow().labels()).isEqualTo(labels);
    }

    @Test
    void keepsTheResultAsLongAsAsked() {
        String id = harness.enqueue("1", PLAIN.withKeepResult(Duration.ofMinutes(5)))
                .jobId();
        QueueConsumer worker = harness.worker("w1");
        harness.finish(worker, harness.claimOne(worker));

        assertThat(harness.redis.text("HGET", "queue:{orders:0}:job:" + id, "result"))
                .isEqualTo("\"done\"");
        assertThat(harness.redis.count("PTTL", "queue:{orders:0}:job:" + id)).isBetween(1L, 300_000L);
    }
}
