package io.penstock.common.queue.redis;

import static io.penstock.common.queue.redis.QueueHarness.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.common.flow.RateLimit;
import io.penstock.common.job.Gather;
import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.JobLabels;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobState;
import io.penstock.common.job.Uniqueness;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.Dropped;
import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.Family;
import io.penstock.common.queue.FinishedJob;
import io.penstock.common.queue.JobAdmin;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.QueueStatus;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a producer may ask for one job, on a real Redis. */
@OnEveryTopology
class JobFeaturesTest extends QueueContract {

    private static final JobOptions PLAIN = JobOptions.DEFAULT;

    JobFeaturesTest(Topology topology) {
        super(topology);
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

    // gathering

    private static final Gather THREE = new Gather(3, Duration.ofMinutes(1));

    private Enqueued gather(String payload, JobOptions options) {
        return gather(payload, options, THREE);
    }

    private Enqueued gather(String payload, JobOptions options, Gather gather) {
        return await(harness.queue.enqueue(
                new NewJob("test.work", QueueHarness.QUEUE, payload, 1, options, Optional.empty(), gather, null)));
    }

    @Test
    void itemsOfOneKindBecomeOneJobThatRunsWhenItIsFull() {
        QueueConsumer worker = harness.worker("w1");
        Enqueued first = gather("1", PLAIN);
        Enqueued second = gather("2", PLAIN);
        assertThat(second).isEqualTo(new Enqueued(first.jobId(), QueueHarness.QUEUE, true));
        assertThat(harness.find(first.jobId()).orElseThrow().state()).isEqualTo(JobState.SCHEDULED);
        assertThat(harness.claim(worker, 10)).isEmpty();

        gather("3", PLAIN);
        Enqueued fourth = gather("4", PLAIN);

        ClaimedJob full = harness.claimOne(worker);
        assertThat(full.id()).isEqualTo(first.jobId());
        assertThat(full.payload()).isEqualTo("[1,2,3]");
        assertThat(full.isGathered()).isTrue();
        assertThat(fourth.jobId()).isNotEqualTo(first.jobId());
        assertThat(gather("5", PLAIN).jobId()).isEqualTo(fourth.jobId());
        harness.finish(worker, full);
        assertThat(gather("6", PLAIN).jobId()).isEqualTo(fourth.jobId());
        assertThat(harness.claimOne(worker).payload()).isEqualTo("[4,5,6]");
    }

    @Test
    void aJobThatIsNotFullRunsWhenItsFirstItemHasWaited() {
        Gather brief = new Gather(10, Duration.ofMillis(5));
        gather("1", PLAIN, brief);
        gather("2", PLAIN, brief);
        harness.redis.passMillis(10);

        assertThat(harness.promoteAll()).isEqualTo(1);
        gather("3", PLAIN, brief);

        assertThat(harness.claimOne(harness.worker("w1")).payload()).isEqualTo("[1,2]");
        assertThat(harness.status().scheduled()).isEqualTo(1);
    }

    @Test
    void onlyItemsOfTheSameGroupAndOptionsComeTogether() {
        List<Enqueued> all = List.of(
                gather("1", PLAIN),
                gather("2", PLAIN.withGroup("a")),
                gather("3", PLAIN.withGroup("b")),
                gather("4", PLAIN.withTenant("a")),
                gather("5", PLAIN.withPriority(5)),
                gather("6", PLAIN.withAttempts(2)));

        assertThat(all).extracting(Enqueued::jobId).doesNotHaveDuplicates();
        assertThat(gather("7", PLAIN.withGroup("a")).jobId())
                .isEqualTo(all.get(1).jobId());
    }

    @Test
    void aBulkOfItemsIsGatheredInItsOrder() {
        List<NewJob> items = IntStream.range(0, 7)
                .mapToObj(number -> new NewJob(
                        "test.work",
                        QueueHarness.QUEUE,
                        String.valueOf(number),
                        1,
                        PLAIN,
                        Optional.empty(),
                        THREE,
                        null))
                .toList();

        List<Enqueued> answers = await(harness.queue.enqueueAll(items));

        assertThat(answers).allMatch(Enqueued::added);
        assertThat(answers.stream().map(Enqueued::jobId).distinct()).hasSize(3);
        assertThat(payloads(harness.claim(harness.worker("w1"), 10))).containsExactly("[0,1,2]", "[3,4,5]");
        assertThat(harness.find(answers.get(6).jobId()).orElseThrow().payload()).isEqualTo("[6]");
    }

    @Test
    void anItemThatWouldMakeThePayloadTooLargeBeginsAnotherJob() {
        String large = "\"" + "x".repeat(200_000) + "\"";

        Enqueued first = gather(large, PLAIN);

        assertThat(gather(large, PLAIN).jobId()).isNotEqualTo(first.jobId());
    }

    @Test
    void aDeadJobThatGatheredIsRetriedWithAllItsItems() {
        QueueConsumer worker = harness.worker("w1");
        List.of("1", "2", "3").forEach(item -> gather(item, PLAIN));
        ClaimedJob full = harness.claimOne(worker);
        await(worker.bury(full, "no"));
        Enqueued next = gather("4", PLAIN);

        await(harness.jobAdmin.retry(full.id(), true, JobAdmin.Children.RETRY));

        ClaimedJob again = harness.claimOne(worker);
        assertThat(again.id()).isEqualTo(full.id());
        assertThat(again.payload()).isEqualTo("[1,2,3]");
        assertThat(again.isGathered()).isTrue();
        assertThat(gather("5", PLAIN).jobId()).isEqualTo(next.jobId());
    }

    @Test
    void aJobThatGathersIsRunEarlyOrDeletedAsAnyScheduledOne() {
        Enqueued early = gather("1", PLAIN);
        await(harness.jobAdmin.runNow(early.jobId()));
        Enqueued deleted = gather("2", PLAIN);
        assertThat(deleted.jobId()).isNotEqualTo(early.jobId());
        await(harness.jobAdmin.delete(deleted.jobId()));

        assertThat(gather("3", PLAIN).jobId()).isNotIn(early.jobId(), deleted.jobId());
        assertThat(payloads(harness.claim(harness.worker("w1"), 10))).containsExactly("[1]");
    }

    @Test
    void aFullRedisTakesNoItemAndKeepsThoseItHas() {
        Enqueued first = gather("1", PLAIN);
        harness.redis.run("CONFIG", "SET", "maxmemory", "1");
        try {
            assertThatThrownBy(() -> gather("2", PLAIN)).hasMessageContaining("Redis is full");
            assertThatThrownBy(() -> gather("3", PLAIN.withGroup("other"))).hasMessageContaining("Redis is full");
        } finally {
            harness.redis.run("CONFIG", "SET", "maxmemory", "0");
        }

        assertThat(harness.find(first.jobId()).orElseThrow().payload()).isEqualTo("[1]");
        assertThat(harness.status().scheduled()).isEqualTo(1);
    }

    @Test
    void aGatheredJobThatIsLostComesBackWhole() {
        List.of("1", "2", "3").forEach(item -> gather(item, PLAIN.withGroup("a")));
        assertThat(harness.claimOne(harness.worker("w1")).payload()).isEqualTo("[1,2,3]");

        harness.rescueAll();

        QueueConsumer other = harness.worker("w2");
        ClaimedJob again = harness.claimOne(other);
        assertThat(again.payload()).isEqualTo("[1,2,3]");
        assertThat(again.isGathered()).isTrue();
        assertThat(harness.finish(other, again)).isEmpty();
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
        assertThat(harness.status().blockedByGroup()).isEqualTo(8);
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
    void keepsTheNewestDeadJobsAndRecordsThatFitIntoTheirBytes() {
        use(QueuePolicy.defaults(QueueHarness.QUEUE).withKeepBytes(new QueuePolicy.KeepBytes(2_000, 100_000)));
        QueueConsumer worker = harness.worker("w1");
        List<String> dead = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            dead.add(harness.enqueue("\"" + "x".repeat(1_000) + "\"").jobId());
            await(worker.bury(harness.claimOne(worker), "no"));
        }
        for (int i = 0; i < 30; i++) {
            harness.enqueue("1");
            harness.finish(worker, harness.claimOne(worker));
        }

        int dropped = await(harness.maintainer.trimBytes(harness.policy, 0));

        assertThat(harness.status().dead()).isBetween(80L, 95L);
        assertThat(harness.find(dead.get(299))).isPresent();
        assertThat(harness.find(dead.get(0))).isEmpty();
        long records = harness.redis.count("HGET", "queue:{orders:0}:meta", "kept");
        assertThat(records).isBetween(5L, 15L);
        assertThat(dropped).isEqualTo((int) (300 - harness.status().dead() + 30 - records));
        assertThat(await(harness.maintainer.trimBytes(harness.policy, 0))).isZero();
    }

    @Test
    void sweepsWhatNobodyHolds() {
        use(grouped(10, Optional.of(new RateLimit(1_000, Duration.ofSeconds(1), 1))));
        harness.enqueue("1", PLAIN.withUnique(Uniqueness.of("over").within(Duration.ofMillis(1))));
        harness.enqueue("2", PLAIN.withUnique(Uniqueness.of("held")));
        harness.enqueue("3", PLAIN.withGroup("empty"));
        harness.enqueue("4", PLAIN.withGroup("taken"));
        QueueConsumer worker = harness.worker("w1");
        for (ClaimedJob job : harness.claim(worker, 10)) {
            if (job.payload().equals("3")) {
                harness.finish(worker, job);
            }
        }
        harness.redis.passMillis(5);

        await(harness.maintainer.sweepLeftovers(harness.policy, 0));

        assertThat(harness.redis.count("HLEN", "queue:{orders:0}:unique")).isEqualTo(1);
        assertThat(harness.redis.count("HLEN", "queue:{orders:0}:groups")).isEqualTo(1);
        assertThat(harness.redis.count("HEXISTS", "queue:{orders:0}:groups", "taken"))
                .isEqualTo(1);
    }

    @Test
    void groupsAndKeysWorkInPartitions() {
        use(grouped(1, Optional.empty()).withPartitions(3));
        harness.enqueue("1", PLAIN.withGroup("a"));
        harness.enqueue("2", PLAIN.withGroup("a"));
        harness.enqueue("3", PLAIN.withUnique(Uniqueness.of("k")));

        assertThat(harness.enqueue("4", PLAIN.withUnique(Uniqueness.of("k"))).added())
                .isFalse();
        assertThat(harness.status().blockedByGroup()).isEqualTo(1);
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

    // order and sharing

    @Test
    void runsNoMoreOfTheQueueThanAllowedInAllWorkersTogether() {
        use(QueuePolicy.defaults(QueueHarness.QUEUE).withGlobalConcurrency(OptionalInt.of(2)));
        for (int i = 0; i < 5; i++) {
            harness.enqueue("" + i, PLAIN.withPriority(i % 2));
        }
        QueueConsumer one = harness.worker("w1");
        QueueConsumer two = harness.worker("w2");

        List<ClaimedJob> first = harness.claim(one, 10);
        assertThat(payloads(first)).containsExactly("1", "3");
        assertThat(harness.claim(two, 10)).isEmpty();
        harness.finish(one, first.get(0));
        assertThat(payloads(harness.claim(two, 10))).containsExactly("0");
    }

    @Test
    void wakesAWorkerThatWaitsForTheGlobalConcurrencyToFall() {
        use(QueuePolicy.defaults(QueueHarness.QUEUE).withGlobalConcurrency(OptionalInt.of(1)));
        harness.enqueue("1");
        harness.enqueue("2");
        QueueConsumer one = harness.worker("w1");
        QueueConsumer two = harness.worker("w2");
        ClaimedJob first = harness.claimOne(one);

        Uni<List<ClaimedJob>> waiting = two.claim(5, Duration.ofSeconds(30))
                .chain(none -> none.isEmpty()
                        ? two.claim(5, Duration.ofSeconds(30))
                        : Uni.createFrom().item(none))
                .memoize()
                .indefinitely();
        waiting.subscribe().with(done -> {});
        harness.redis.untilBlocked(1);
        harness.finish(one, first);

        assertThat(payloads(await(waiting))).containsExactly("2");
    }

    @Test
    void aLostWorkersShareOfTheGlobalConcurrencyComesBackWithItsLease() {
        use(QueuePolicy.defaults(QueueHarness.QUEUE).withGlobalConcurrency(OptionalInt.of(1)));
        harness.enqueue("1");
        harness.claimOne(harness.worker("lost"));
        harness.rescueAll();

        assertThat(payloads(harness.claim(harness.worker("w1"), 10))).containsExactly("1");
    }

    @Test
    void aLowPriorityStartsWithinTheAgeingBoundUnderASteadyStreamOfUrgentJobs() {
        use(QueuePolicy.defaults(QueueHarness.QUEUE).withAgeing(Duration.ofMillis(20)));
        QueueConsumer worker = harness.worker("w1");
        int started = 0;
        boolean lowStarted = false;
        // Priorities become strict once several were seen at once.
        harness.enqueue("first");
        harness.enqueue("first", PLAIN.withPriority(10));
        claimAll(worker, 1);
        harness.enqueue("low");
        harness.redis.passMillis(25);
        while (!lowStarted && started < 60) {
            harness.enqueue("high", PLAIN.withPriority(10));
            harness.enqueue("high", PLAIN.withPriority(10));
            lowStarted = claimAll(worker, 1).contains("low");
            started++;
        }
        assertThat(lowStarted).isTrue();
        assertThat(started).as("claims of one slot before the aged job").isLessThan(45);
    }

    @Test
    void withoutAgeingPrioritiesAreStrict() {
        use(QueuePolicy.defaults(QueueHarness.QUEUE)
                .withGlobalConcurrency(OptionalInt.of(1_000))
                .withAgeing(Duration.ZERO));
        harness.enqueue("low");
        harness.redis.passMillis(5);
        for (int i = 0; i < 30; i++) {
            harness.enqueue("high", PLAIN.withPriority(10));
        }
        QueueConsumer worker = harness.worker("w1");

        assertThat(claimAll(worker, 30)).containsOnly("high");
        assertThat(claimAll(worker, 30)).containsExactly("low");
    }

    private List<String> claimAll(QueueConsumer worker, int slots) {
        List<ClaimedJob> jobs = harness.claim(worker, slots);
        harness.finish(worker, jobs.toArray(ClaimedJob[]::new));
        return payloads(jobs);
    }

    @Test
    void aHugeGroupDoesNotHoldUpTheOthers() {
        List<NewJob> huge = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            huge.add(QueueHarness.job("test.work", "huge", PLAIN.withGroup("huge")));
        }
        for (int from = 0; from < huge.size(); from += 1_000) {
            await(harness.queue.enqueueAll(huge.subList(from, from + 1_000)));
        }
        for (int group = 0; group < 99; group++) {
            List<NewJob> few = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                few.add(QueueHarness.job("test.work", "small", PLAIN.withGroup("g" + group)));
            }
            await(harness.queue.enqueueAll(few));
        }

        QueueConsumer worker = harness.worker("w1");
        int small = 0;
        int all = 0;
        while (small < 990) {
            List<String> ran = claimAll(worker, 10);
            all += ran.size();
            small += (int) ran.stream().filter("small"::equals).count();
        }
        assertThat(all).as("jobs run until the small groups were done").isLessThanOrEqualTo(2 * 990);
    }

    // jobs that follow, parents and children

    private FinishedJob finishedWith(ClaimedJob job, NewJob... next) {
        return new FinishedJob(job, Instant.now(), Instant.now(), null, List.of(next));
    }

    @Test
    void enqueuesWhatFollowsInTheSameStepAsTheEnd() {
        harness.enqueue("1");
        QueueConsumer worker = harness.worker("w1");
        NewJob next = QueueHarness.job("test.work", "2", PLAIN.withPriority(7));
        NewJob later = QueueHarness.job("test.work", "3", PLAIN.withDelay(Duration.ofHours(1)));

        assertThat(await(worker.finish(List.of(finishedWith(harness.claimOne(worker), next, later)))))
                .isEmpty();

        assertThat(payloads(harness.claim(worker, 10))).containsExactly("2");
        assertThat(harness.status().scheduled()).isEqualTo(1);
    }

    @Test
    void enqueuesNothingForAWorkerThatLostTheJob() {
        harness.enqueue("1");
        QueueConsumer lost = harness.worker("lost");
        ClaimedJob job = harness.claimOne(lost);
        harness.rescueAll();

        assertThat(await(lost.finish(List.of(finishedWith(job, QueueHarness.job("test.work", "2", PLAIN))))))
                .hasSize(1);

        assertThat(payloads(harness.claim(harness.worker("w1"), 10))).containsExactly("1");
    }

    @Test
    void carriesWhatFollowsToOtherQueues() {
        harness.enqueue("1");
        QueueConsumer worker = harness.worker("w1");
        NewJob next = QueueHarness.otherJob("2", PLAIN.withUnique(Uniqueness.of("k")));
        QueueConsumer other = harness.otherWorker("w2", JobId.partitionOf("k", 2));

        await(worker.finish(List.of(finishedWith(harness.claimOne(worker), next))));

        assertThat(harness.claimSoon(other).payload()).isEqualTo("2");
    }

    @Test
    void carriesEverythingOnceWhenSeveralCarry() {
        List<NewJob> children = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            children.add(QueueHarness.otherJob("child " + i, PLAIN));
        }
        NewJob parent = QueueHarness.job("test.work", "parent", PLAIN);
        await(harness.queue.enqueueFamily(new Family(parent, children, Family.OnChildFailure.FAIL)));

        QueueConsumer other0 = harness.otherWorker("w2", 0);
        QueueConsumer other1 = harness.otherWorker("w2", 1);
        List<String> arrived = new ArrayList<>();
        while (arrived.size() < 50) {
            for (QueueConsumer other : List.of(other0, other1)) {
                harness.carryAll();
                List<ClaimedJob> jobs = harness.claim(other, 100);
                harness.finish(other, jobs.toArray(ClaimedJob[]::new));
                arrived.addAll(payloads(jobs));
            }
        }
        harness.carryAll();
        assertThat(arrived).doesNotHaveDuplicates();
        assertThat(harness.claim(other0, 10)).isEmpty();
        assertThat(harness.claim(other1, 10)).isEmpty();
    }

    @Test
    void aParentWaitsForItsChildren() {
        NewJob parent = QueueHarness.job("test.work", "parent", PLAIN.withPriority(3));
        NewJob near = QueueHarness.job("test.work", "near", PLAIN);
        NewJob far = QueueHarness.otherJob("far", PLAIN.withGroup("g"));
        List<Enqueued> ids =
                await(harness.queue.enqueueFamily(new Family(parent, List.of(near, far), Family.OnChildFailure.FAIL)));
        QueueConsumer worker = harness.worker("w1");
        QueueConsumer other = harness.otherWorker("w2", JobId.partitionOf("g", 2));

        assertThat(harness.find(ids.get(0).jobId()).orElseThrow().state()).isEqualTo(JobState.AWAITING_CHILDREN);
        ClaimedJob nearJob = harness.claimOne(worker);
        assertThat(nearJob.payload()).isEqualTo("near");
        harness.finish(worker, nearJob);
        assertThat(harness.claim(worker, 10)).isEmpty();
        assertThat(harness.status().awaitingChildren()).isEqualTo(1);
        harness.finish(other, harness.claimSoon(other));

        assertThat(harness.claimSoon(worker).payload()).isEqualTo("parent");
        assertThat(harness.status().awaitingChildren()).isZero();
        assertThat(harness.redis.count("EXISTS", "queue:{orders:0}:awaited")).isZero();
    }

    @Test
    void aDeadChildBuriesItsParentOrNotAsAsked() {
        NewJob strict = QueueHarness.job("test.work", "strict", PLAIN);
        NewJob patient = QueueHarness.job("test.work", "patient", PLAIN);
        NewJob child = QueueHarness.job("test.work", "child", PLAIN);
        String strictId = await(harness.queue.enqueueFamily(
                        new Family(strict, List.of(child, child), Family.OnChildFailure.FAIL)))
                .get(0)
                .jobId();
        await(harness.queue.enqueueFamily(new Family(patient, List.of(child), Family.OnChildFailure.CONTINUE)));
        QueueConsumer worker = harness.worker("w1");

        for (ClaimedJob each : harness.claim(worker, 10)) {
            await(worker.bury(each, "broken"));
        }

        JobView buried = harness.find(strictId).orElseThrow();
        assertThat(buried.state()).isEqualTo(JobState.DEAD);
        assertThat(buried.error()).contains("did not complete");
        assertThat(payloads(harness.claim(worker, 10))).containsExactly("patient");
        assertThat(harness.status().awaitingChildren()).isZero();
    }

    @Test
    void aSecondFamilyOfALiveParentIsNotAdded() {
        NewJob parent = QueueHarness.job("test.work", "parent", PLAIN.withId("p"));
        NewJob child = QueueHarness.job("test.work", "child", PLAIN);
        Family family = new Family(parent, List.of(child), Family.OnChildFailure.FAIL);
        await(harness.queue.enqueueFamily(family));

        assertThat(await(harness.queue.enqueueFamily(family)).get(0).added()).isFalse();
        assertThat(harness.status().waiting()).isEqualTo(1);
    }

    @Test
    void childrenCannotTurnOutToBeOtherJobs() {
        NewJob parent = QueueHarness.job("test.work", "parent", PLAIN);
        NewJob named = QueueHarness.job("test.work", "child", PLAIN.withId("c"));
        Family family = new Family(parent, List.of(named), Family.OnChildFailure.FAIL);

        assertThatThrownBy(() -> await(harness.queue.enqueueFamily(family)))
                .isInstanceOf(InvalidJobException.class)
                .hasMessageContaining("children[0]");
    }
}
